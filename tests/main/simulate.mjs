// simulate.mjs — what if, as a leader asks it: the same numbers as when it is really put in force.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, root } from "./tap.mjs";

const path = join(folder, "demo.db");
const db = ["--db", `sqlite:${path}`];
anlao("init", "--place", "360300", "--demo", ...db);
is(anlao("demo", "--elders", "3000", "--seed", "7", ...db).status, 0, "a demonstration of 3,000 elders");
anlao("decide", "--month", "2021-09", ...db);
const entries = json("verify", ...db).journal.entries;

const rate = ["--set", "operating_rate[full]=240 yuan"];
const one = json("simulate", "--month", "2021-09", ...rate, "--by", "region", ...db);
is(one.status, 0, "a higher rate is simulated");
is(one.computed, true, "and computed");
is(one.rules.map((r) => r.rule).join(), "operating_subsidy", "one rule reads it");
const subsidy = one.rules[0];
ok(subsidy.before.sum_fen > 0 && subsidy.after.sum_fen > subsidy.before.sum_fen, "which costs more", JSON.stringify(subsidy.after));
is(subsidy.difference_fen, subsidy.after.sum_fen - subsidy.before.sum_fen, "by the difference");
is(subsidy.gain.difference_fen, subsidy.difference_fen, "all of it goes to those who gain");
is(subsidy.lose.count, 0, "nobody loses");
is(subsidy.before.unknown, subsidy.after.unknown, "who is unknown stays so");
is(one.months.length, 1, "one month");
is(one.years[0].year, 2021, "of one year");
const depth = (n) => one.regions.filter((r) => r.depth === n);
const sum = (list, key) => list.reduce((n, r) => n + r[key], 0);
is(depth(0)[0].region, "360300", "the city is the whole");
is(sum(depth(1), "after_fen"), depth(0)[0].after_fen, "counties add up to it");
is(sum(depth(2), "after_fen"), depth(0)[0].after_fen, "towns too");
is(sum(depth(1).map((r) => r.gain), "count"), depth(0)[0].gain.count, "and who gains");
ok(one.movers.length > 0 && one.movers.length <= 10 && one.moved >= one.movers.length, "those who move most are listed");
ok(one.movers.every((m, i) => i === 0 || m.difference_fen <= one.movers[i - 1].difference_fen), "greatest first");
const plain = json("simulate", "--month", "2021-09", ...rate, ...db);
is(plain.regions, undefined, "regions come when asked for");

const plan = json("simulate", "--month", "2021-09", "--until", "2022-02", ...rate, ...db);
is(plan.months.length, 6, "six months of a plan");
is(plan.years.map((y) => y.year).join(), "2021,2022", "in two years");
is(sum(plan.months, "after_fen"), sum(plan.years, "after_fen"), "months add up to years");

// ---- checks of regions
const least = ["--month", "2021-09", "--until", "2022-02", "--set", "lottery_minimum=1%", ...db];
const checks = json("simulate", ...least).region_checks;
is(checks.map((c) => c.rule).join(), "lottery_minimum_kept", "a check of regions reads another value");
ok(checks[0].changes.length > 0 && checks[0].changes.every((c) => c.before === "no" && c.after === "yes" && c.from <= c.until), "in these regions it comes out otherwise", JSON.stringify(checks[0].changes));
is(checks[0].after.no, 0, "and fails in none");
is(checks[0].gain.count, checks[0].before.no, "counted once for each month");
const said = anlao("simulate", ...least).out;
ok(/^check of regions lottery_minimum_kept \(pingxiang-2020 二\(六\)16c\)/.test(said) && /\n {4}3603\w+ \S+ {2}2021-\d\d\S* {2}no, then yes\n/.test(said), "words name the places", said);
is(one.region_checks.length, 0, "what no check reads changes none");
const chinese = anlao("simulate", ...least, "--lang", "zh").out;
ok(/^对各地的核查 福彩公益金养老占比不低于下限 lottery_minimum_kept .*\n {4}现行  达标 \d+，预警 \d+/.test(chinese) && / {2}原预警，现达标\n/.test(chinese), "in Chinese, too", chinese);
ok(/没有参数“operatng_rate”/.test(anlao("simulate", "--month", "2021-09", "--set", "operatng_rate=1", "--lang", "zh", ...db).err), "and what is wrong");
is(anlao("simulate", ...least, "--lang", "fr").status, 2, "in no third language");

// ---- as an account: its region, its rights
const leader = json("simulate", "--month", "2021-09", ...rate, "--as", "leader", ...db);
is(leader.status, 0, "a leader may");
is(leader.may_list, true, "and sees whose");
const staff = json("simulate", "--month", "2021-09", ...rate, "--as", "policy", ...db);
is(staff.movers.length, 0, "policy staff see sums, not people");
is(staff.moved, one.moved, "but how many");
is(anlao("simulate", "--month", "2021-09", ...rate, "--as", "leader", "--with", join(root, "packs/places/pingxiang-2020.md"), ...db).status, 1, "drafts are for those who write them");
is(anlao("simulate", "--month", "2021-09", ...rate, "--as", "clerk", ...db).status, 1, "a clerk may not");

// ---- what is wrong is said as `check` says it
function wrong(set, words) {
  const done = anlao("simulate", "--month", "2021-09", "--set", set, ...db);
  ok(done.status === 1 && words.test(done.err), `${set}: ${words}`, done.err);
}
wrong("operating_rate[full]=150 yuan", /--set:1:1: error: 150 yuan lies below the floor 200 yuan/);
wrong("operatng_rate[full]=240 yuan", /did you mean 'operating_rate'/);
wrong("operating_rate[full]=240 m2", /--set:1:22: error: .*is an area/);
is(json("simulate", "--month", "2021-09", "--set", "x=1", ...db).computed, false, "JSON says that nothing was computed");
is(anlao("simulate", "--month", "2021-09", ...db).status, 2, "nothing supposed is wrong usage");
is(anlao("simulate", "--month", "2021-9", ...rate, ...db).status, 2, "no month is wrong usage");
is(anlao("simulate", "--month", "2021-09", ...rate, "--by", "kind", ...db).status, 2, "--by takes region");

const words = anlao("simulate", "--month", "2021-09", ...rate, "--by", "region", ...db);
ok(/^operating_subsidy \(pingxiang-2020 二\(六\)16e\)/.test(words.out), "words name the benefit and its clause", words.out);
ok(/\n360300 萍乡市 /.test(words.out), "and the places");

// ---- nothing was written; and the same comes of it when it is put in force
const after = json("verify", ...db);
is(after.ok, true, "everything is as it was written");
is(after.journal.entries, entries, "the journal has not one entry more");

const other = join(folder, "other.db");
cpSync(path, other);
cpSync(`${path}.key`, `${other}.key`);
const packs = join(folder, "packs");
cpSync(join(root, "packs"), packs, { recursive: true });
const document = join(packs, "places/pingxiang-2020.md");
const amended = readFileSync(document, "utf8").replace("{ full: 200 yuan; half: 100 yuan }\ndelegate", "{ full: 233.33 yuan; half: 133.33 yuan }\ndelegate");
const draft = join(folder, "draft.md");
writeFileSync(draft, amended);
const supposed = json("simulate", "--month", "2021-09", "--with", draft, ...db);
is(supposed.rules?.map((r) => r.rule).join(), "operating_subsidy", "a changed document is simulated");
writeFileSync(document, amended);
const otherDb = ["--db", `sqlite:${other}`];
const told = anlao("policy", "--packs", packs, "--lang", "zh", ...otherDb).out;
ok(/^文件 pingxiang-2020：有改动\n规则 .*（operating_subsidy）：有改动，自 20\d\d-\d\d 起\n现行的仍是第 1 版；加 --put-in-force 才替换\n$/.test(told), "policy says it in Chinese", told);
is(anlao("policy", "--packs", packs, "--put-in-force", "--reason", "test", ...otherDb).status, 0, "the same is put in force in a copy");
const decided = json("decide", "--month", "2021-09", ...otherDb).rules.find((r) => r.rule === "operating_subsidy");
is(decided.sum_fen, supposed.rules[0].after.sum_fen, "and decided: equal to the fen");
is(["yes", "no", "unknown", "judgement"].map((k) => decided[k]).join(), ["yes", "no", "unknown", "judgement"].map((k) => supposed.rules[0].after[k]).join(), "and to the person");
finish();
