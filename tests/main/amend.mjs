// amend.mjs — documents over documents, by whole commands: what a month gives before and after a county's
// own wording, which fund pays, and what is no longer in force.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder } from "./tap.mjs";

const at = (name, text) => { const path = join(folder, name); writeFileSync(path, text); return path; };
const head = (name, layer, day, more = "") => `---\ndocument: ${name}\ntitle: ${name}\nlayer: ${layer}\nin force: ${day}\n${more}---\n\n# 1 规定 / Rules\n\n`;
const model = at("m.md", head("m", "model", "2018-01-01") + "```anlao\nregions\n```\n\n" +
  "| code | name | level | parent | county |\n| --- | --- | --- | --- | --- |\n| 360300 | 萍乡市 | city | | |\n" +
  "| 360302 | 安源区 | county | 360300 | 1 |\n| 360313 | 湘东区 | county | 360300 | 2 |\n\n" +
  "```anlao\nenum fund \"资金\" { lottery \"福彩\"; budget \"财政\" }\nentity elder \"老人\" {\n  place home\n  key no\n  no text(10) \"号\"\n" +
  "  born date \"出生\" required\n  home region \"家\" dated\n  alone bool \"独居\" dated\n}\nparam lottery_balance by region : money\n```\n");
const city = at("c.md", head("c", "place", "2019-01-01", "place: 360300\nbuilds on: m\n") + "```anlao\nset lottery_balance[360300] = 150 yuan\n" +
  "benefit aid \"补助\" {\n  for elder\n  every month each day\n  when age(born) >= 80\n  pay 60.01 yuan\n  round half_up to 1 fen\n" +
  "  fund lottery 50%, budget rest\n  may be amended by county\n}\nbenefit other \"另补\" {\n  for elder\n  every month any day\n  until 2020-03-31\n" +
  "  when alone\n  pay 100 yuan\n  fund lottery up to its balance, then budget\n}\n```\n");
const county = at("y.md", head("y", "place", "2020-06-16", "place: 360302\nbuilds on: c\n") +
  "```anlao\namend benefit aid \"补助\" {\n  for elder\n  every month each day\n  when age(born) >= 75 and alone\n  pay 90 yuan\n  round half_up to 1 fen\n  fund budget\n}\n```\n");
const people = at("e.csv", "no,born,home,alone\n1,1938-01-01,360302,yes\n2,1938-01-01,360313,no\n3,1938-05-05,360302,\n4,1944-01-01,360302,yes\n");
const month = (m) => json("run", model, city, county, "--data", `elder=${people}`, "--month", m).rules;
const rule = (all, name) => all.find((x) => x.rule === name);
const paid = (r) => r.funds.map((f) => `${f.fund} ${f.fen}`).join(", ");

const march = month("2020-03"), june = month("2020-06"), july = month("2020-07");
is(rule(march, "aid").sum_fen, 3 * 6001, "before its day the county's wording changes nothing");
is(paid(rule(march, "aid")), "lottery 9000, budget 9003", "of each 60.01 yuan the lottery pays 30.00, the last fund the rest");
is(rule(june, "aid").yes, 3, "from the sixteenth on whoever is 75 and alone");
is(rule(june, "aid").unknown, 1, "and of whom nobody knows whether alone, nobody says no");
is(rule(june, "aid").sum_fen, 3001 + 4500 + 6001 + 4500, "half a month each");
is(rule(july, "aid").sum_fen, 9000 + 6001 + 9000, "then the county's for the county, the city's beside it");
is(paid(rule(july, "aid")), "lottery 3000, budget 21001", "each wording by its own funds");
is(paid(rule(march, "other")), "lottery 15000, budget 5000", "one after the other: up to its balance, then the next");
is(rule(march, "other").in_force, undefined, "in force is said where it is not");
is(rule(june, "other").in_force, false, "a rule that has ended");
is(rule(june, "other").not_in_force_since, "2020-04-01", "says since when");
is(rule(june, "other").records, 0, "and has no rows");
const unset = json("run", model, city, "--data", `elder=${people}`, "--month", "2018-12").rules;
is(rule(unset, "aid").in_force_from, "2019-01-01", "one that has not begun says from when");
const table = anlao("run", model, city, county, "--data", `elder=${people}`, "--month", "2020-06");
ok(/not in force since 2020-04-01/.test(table.out), "in the table too", table.out);
const broken = at("b.md", head("b", "place", "2020-06-16", "place: 360302\nbuilds on: c\n") + "```anlao\nend other\n```\n");
const refused = anlao("check", model, city, broken);
is(refused.status, 1, "an amendment without leave is refused");
ok(/to end 'other' needs the leave of c/.test(refused.out + refused.err), "and names whose", refused.out + refused.err);
const said = json("check", model, city, broken).diagnostics.find((d) => /needs the leave/.test(d.text));
ok(/终止“other”需要 c 授权/.test(said?.text_zh ?? "") && /may be amended by/.test(said.hint_zh) && !/belongs into/.test(said.hint_zh), "as JSON in Chinese, too", JSON.stringify(said));
finish();
