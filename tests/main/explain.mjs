// explain.mjs — a decision as sentences: why not and how near, who can supply what is missing, where each value came from,
// and as it was decided after other documents have come into force.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, root } from "./tap.mjs";

const db = ["--db", `sqlite:${join(folder, "demo.db")}`];
anlao("init", "--place", "360300", "--demo", ...db);
is(anlao("demo", "--elders", "2000", "--seed", "7", ...db).status, 0, "a demonstration of 2,000 elders");
const START = 1616; // where the file numbers of elders begin
const on = ["--on", "2021-09-30"];
const explain = (key, rule, ...more) => json("explain", "elder", key, rule, ...on, ...more, ...db);

// One with the allowance, one without; of both it is open what the place has not set.
let entitled, refused;
const first = anlao("explain", "elder", "PX", "old_age_allowance", ...on, ...db);
is(first.status, 1, "no such file");
for (let n = START; n < START + 60 && !(entitled && refused); n++) {
  const key = `PX${String(n).padStart(8, "0")}`;
  const done = anlao("explain", "elder", key, "old_age_allowance", ...on, "--json", ...db);
  if (done.status !== 0) continue;
  const x = { ...JSON.parse(done.out), key };
  if (x.outcome === "yes") entitled ??= x;
  if (x.outcome === "no") refused ??= x;
}
const unknown = explain(entitled?.key, "home_aid");
ok(entitled && refused, "both are there", JSON.stringify([entitled?.key, refused?.key]));

is(refused.nearest[0].by, "time", "who is too young comes of age by time alone");
ok(/^\d{4}-\d\d-\d\d$/.test(refused.nearest[0].on), "and the day is told");
is(refused.nearest[0].on, refused.next_change.on, "the day on which time alone changes the answer");
is(entitled.nearest.length, 0, "a yes needs nothing");
const born = entitled.facts.find((f) => f.name === "elder.born");
ok(born.recorded.seq > 0 && born.recorded.via.length > 0, "a fact names its entry", JSON.stringify(born));
ok(entitled.facts.some((f) => f.document === "pingxiang-old-age-allowance"), "a figure names its document");
ok(unknown.supply.length > 0 && unknown.supply.every((s) => s.who_zh.length > 0 && s.who_en.length > 0), "somebody can supply what is missing", JSON.stringify(unknown.supply));
is(unknown.supply[0].who_zh, "萍乡市", "a param is set by the place");
is(unknown.missing.join(), unknown.supply.map((s) => s.name).join(), "the same facts");

// ---- as decided, and as of now
is(entitled.stored.same_today, true, "the demonstration is decided, and nothing changed since");
const receipt = explain(entitled.key, "old_age_allowance", "--receipt");
is(receipt.stored.agrees, true, "the receipt gives the stored answer");
is(receipt.amount_fen, entitled.amount_fen, "the same amount");

const packs = join(folder, "packs");
cpSync(join(root, "packs"), packs, { recursive: true });
const document = join(packs, "places/pingxiang-old-age-allowance.md");
const text = readFileSync(document, "utf8");
const changed = text.replace("when  age(born) >= 80 and", "when  age(born) >= 110 and");
ok(changed !== text, "another age is written into the document");
writeFileSync(document, changed.replace(/^example[\s\S]*?^}\n/gm, ""));
const put = anlao("policy", "--packs", packs, "--put-in-force", "--reason", "test", ...db);
is(put.status, 0, "and put in force", put.err);
const now = explain(entitled.key, "old_age_allowance");
is(now.outcome, "no", "by it there is nothing now");
is(now.stored.outcome, "yes", "what is stored is told beside it");
is(now.stored.same_today, false, "as another answer");
is(now.stored.other_policy, true, "by other documents");
const then = explain(entitled.key, "old_age_allowance", "--receipt");
is(then.outcome, "yes", "the receipt is explained by the documents of then");
is(then.amount_fen, entitled.amount_fen, "with the amount of then");
is(then.stored.agrees, true, "and gives what is stored");
is(then.stored.today.outcome, "no", "today's answer stands beside it");
ok(then.stored.differences.some((d) => d.then_zh !== d.now_zh), "with the lines that differ", JSON.stringify(then.stored.differences));
const words = anlao("explain", "elder", entitled.key, "old_age_allowance", ...on, "--receipt", ...db);
ok(/已存决定：第 \d+ 次/.test(words.out) && /文件已换/.test(words.out), "in words too", words.out);
is(anlao("explain", "elder", entitled.key, "old_age_allowance", "--on", "2031-09-30", "--receipt", ...db).status, 1, "a month nobody decided has no receipt");

// A check of regions: of a region, by its code, on a day; the figure, what it is compared with, and where both came from.
const share = (code, ...more) => json("explain", "region", code, "lottery_minimum_kept", ...on, ...more, ...db);
const low = share("360302");
ok(["yes", "no", "unknown"].includes(low.outcome) && low.entity === "region" && low.key === "360302" && low.stored === null, "a check of regions is explained", JSON.stringify(low).slice(0, 300));
ok(low.lines.some((l) => l.depth === 1 && /应 >= 80%/.test(l.text_zh)), "with what it is compared with", JSON.stringify(low.lines));
ok(low.facts.some((f) => f.name === "lottery_minimum" && f.value_zh === "80%" && f.document === "pingxiang-2020"), "and the document that sets it");
const said = (...more) => anlao("explain", "region", "360302", "lottery_minimum_kept", ...more, ...db).out;
ok(/\n  ✓ 适用于级别为县（区）、市的地区\n/.test(said(...on)), "whom it is about stands in words", said(...on));
ok(/\n  ✓ about regions whose level is county or city\n/.test(said(...on, "--english")) && !/\p{Script=Han}/u.test(said(...on, "--english").replace(/ \S*二\(六\)16c/g, "")), "in English, too", said(...on, "--english"));
is(said(), said(...on), "without a day it is the business day");
const english = anlao("explain", "elder", entitled.key, "old_age_allowance", ...on, "--english", ...db).out;
ok(/as decided: run \d+, policy \d+: /.test(english) && / \(entry \d+, /.test(english), "as decisions are", english);
is(anlao("explain", "region", "360302001", "lottery_minimum_kept", ...on, ...db).status, 1, "of a township it says nothing");
is(anlao("explain", "region", "999999", "lottery_minimum_kept", ...on, ...db).status, 1, "nor of a place that is none");
is(anlao("explain", "region", "360302", "lottery_minimum_kept", ...on, "--receipt", ...db).status, 1, "it has no receipt");
finish();
