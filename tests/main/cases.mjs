// cases.mjs — anlao check --cases: the table, the examples ready to paste, the JSON; the same each time.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, finish, folder, is, json, ok } from "./tap.mjs";

const table = anlao("check", "--cases", "old_age_allowance");
is(table.status, 0, "cases of a rule of the packs");
ok(/\| +1 \| .*出生日期（证件） born = 1940-02-01 .*\| ✗ 否 no /.test(table.out), "a day too young for eighty", table.out);
ok(/\| +1 \| 当天 on the day +\| 出生日期（证件） born = 1940-01-31 +\| ✓ 是 yes +\| +50\.00 /.test(table.out), "on the day", table.out);
ok(/不详 unknown +\| 养老金类别 pension_kind = 不详 unknown .*elder\.pension_kind/.test(table.out), "a fact unknown", table.out);
is(anlao("check", "--cases", "old_age_allowance").out, table.out, "the same each time");

const found = json("check", "--cases", "old_age_allowance");
is(found.rule, "old_age_allowance", "the rule in JSON");
ok(found.cases.length >= 10 && found.cases.every((c) => c.as >= 1 && c.as <= c.number && c.records.length > 0),
  "each case differs from one before it", JSON.stringify(found.cases).slice(0, 500));

// What is confirmed is pasted into a document and holds there.
const examples = anlao("check", "--cases", "old_age_allowance", "--examples");
is(examples.out.match(/^example /gm).length, found.cases.length, "an example a case");
mkdirSync(join(folder, "d"));
const file = join(folder, "d", "confirmed.md");
writeFileSync(file, "---\ndocument: confirmed\ntitle: 确认的例\nlayer: place\nplace: 360300\nin force: 2020-01-01\n" +
  "builds on: pingxiang-2020, pingxiang-old-age-allowance\n---\n\n# 1 例 / Cases\n\n```anlao\n" + examples.out + "```\n");
const checked = anlao("check", file);
is(checked.status, 0, "the examples hold");
ok(/^0 errors, 0 warnings/m.test(checked.err), "and nothing is said about them", checked.err);

// Of a check of regions: the figure at its limit, a fen below, nothing to count; and its examples hold, too.
const region = anlao("check", "--cases", "lottery_minimum_kept");
ok(/\| +1 \| 小一点 below +\| 金额 amount = 39999\.99 yuan +\| ✗ 否 no /.test(region.out), "a fen less than the least share", region.out);
ok(/\| +1 \| 大一点 above +\| 金额 amount = 40000\.01 yuan +\| ✓ 是 yes /.test(region.out), "a fen more", region.out);
ok(/没有记录 no records +\| \? 待核实 unknown/.test(region.out), "a share of nothing is not known", region.out);
ok(/used_on = 2019-12-31 +\| \? 待核实 unknown/.test(region.out), "the year before is no matter", region.out);
ok(/地区 region = .*\| – 不在范围 outside/.test(region.out), "of a township it says nothing", region.out);
const shares = json("check", "--cases", "lottery_minimum_kept");
ok(shares.cases.every((c) => c.region?.startsWith("3603")) && shares.cases[0].records.length === 2, "which region is asked", JSON.stringify(shares).slice(0, 300));
writeFileSync(file, "---\ndocument: confirmed\ntitle: 确认的例\nlayer: place\nplace: 360300\nin force: 2020-01-01\n" +
  "builds on: pingxiang-2020\n---\n\n# 1 例 / Cases\n\n```anlao\n" + anlao("check", "--cases", "lottery_minimum_kept", "--examples").out + "```\n");
is(anlao("check", file).status, 0, "its examples hold");

// Where nothing is counted but what is known of the places themselves no case can be made.
const places = { recorded: "region.population >= 5", counted: "count(region where level = township) >= 1", fixed: "5 >= 2" };
for (const [name, asked] of Object.entries(places)) {
  writeFileSync(file, "---\ndocument: places\ntitle: 地方\nlayer: place\nplace: 360300\nin force: 2020-01-01\n" +
    "builds on: pingxiang-2020\n---\n\n# 1 地方 / Places\n\n```anlao\n" +
    `check ${name} "甲" / "a" of region { require ${asked} cure "补" / "mend" }\n\`\`\`\n`);
  const none = anlao("check", "--cases", name, file);
  is(none.status, 1, `no cases: ${asked}`);
  ok(none.err.includes(`"${name}" counts no records`), "and it says so", none.err);
}

const wrong = anlao("check", "--cases", "old_age_alowance");
is(wrong.status, 1, "a rule that is not there");
ok(/did you mean 'old_age_allowance'\?/.test(wrong.err), "the nearest one", wrong.err);
is(anlao("check", "--examples").status, 2, "--examples alone");
finish();
