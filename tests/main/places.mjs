// places.mjs — every place with a profile in packs/demo is opened on the same program: its own documents over the
// national ones, made-up data that gives every register, rule and figure something to show, and nothing of another place.
import { readdirSync, readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, root } from "./tap.mjs";

const codes = readdirSync(join(root, "packs/demo")).filter((f) => f.endsWith(".tsv")).map((f) => f.slice(0, -4)).sort();
ok(codes.length >= 4, `${codes.length} places have a profile`);

// First day of each rule's document: before it a rule says nothing.
const since = new Map();
for (const file of readdirSync(join(root, "packs"), { recursive: true }).filter((f) => f.endsWith(".md"))) {
  const text = readFileSync(join(root, "packs", file), "utf8");
  const begin = /^in force: *(\S{10})/m.exec(text)?.[1] ?? "";
  for (const [, name] of text.matchAll(/^(?:benefit|check) ([a-z0-9_]+)/gm))
    if (!since.has(name) || since.get(name) > begin) since.set(name, begin);
}

// The documents in force in a place: its own, those of the places around it, and those of no place.
const texts = new Map(codes.map((code) => [code, ""]));
for (const file of readdirSync(join(root, "packs"), { recursive: true }).filter((f) => f.endsWith(".md"))) {
  const text = readFileSync(join(root, "packs", file), "utf8"), place = /^place: *([0-9A-Z]+)$/m.exec(text)?.[1];
  for (const code of codes)
    if (place === undefined || code.startsWith(place.replace(/(00)+$/, "")))
      texts.set(code, `${texts.get(code)}\n${text}`);
}

// Days of public notice that no document states: nothing is shown until the place sets them.
const daysUnset = new Set(["contest_notice", "new_old_age_allowance", "changed_old_age_allowance"]);

// Nobody's benefit was stopped where the province pays none.
const noCase = new Map([["370000", new Set(["stop_notice"])]]);

// Fifty residents in one home: only a demonstration of full size has them.
const large = new Set(["public_home_clinic"]);

const regionsOf = new Map(), indicatorsOf = new Map();
for (const code of codes) {
  const file = join(folder, `${code}.db`), db = ["--db", `sqlite:${file}`];
  is(anlao("init", "--place", code, "--demo", ...db).status, 0, `${code}: a database with the documents in force there`);
  const made = anlao("demo", "--elders", "3000", "--seed", "3", ...db);
  ok(made.status === 0, `${code}: made-up people and places`, made.err);

  // Each entity has a table of superseded versions: its name tells the registers.
  const sql = (text) => spawnSync("sqlite3", ["-readonly", file, text], { encoding: "utf8" }).stdout.trim().split("\n");
  const registers = sql("select name from sqlite_master where type='table' and name like '%\\_was' escape '\\'").map((t) => t.slice(0, -4));
  ok(registers.length > 40, `${code}: ${registers.length} registers`);
  // Grants are made by pay runs, where a document has them put up in public.
  const grants = /^publish .* of benefit_grant\b/m.test(texts.get(code));
  const empty = registers.filter((t) => t !== "region" && (t !== "benefit_grant" || grants) && sql(`select count(*) from "${t}"`)[0] === "0");
  is(empty.join(" "), "", `${code}: every register has rows`);

  // Once and yearly rules speak in their month only: a year is looked at, oldest month first.
  const day = new Date(Number(sql("select value from about where name = 'demo_day'")[0]) * 86400000);
  const spoke = new Map();
  for (let back = 12; back >= 0; back--) {
    const month = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
    for (const r of json("decide", "--month", month, ...db).rules ?? [])
      spoke.set(r.rule, (spoke.get(r.rule) ?? 0) + r.yes + r.no + r.unknown + r.judgement);
  }
  const today = day.toISOString().slice(0, 10);
  const idle = [...spoke].filter(([rule, n]) => n === 0 && !large.has(rule) && !(since.get(rule) > today)).map(([rule]) => rule);
  is(idle.join(" "), "", `${code}: every rule speaks about somebody within a year`);
  is(json("verify", ...db).ok, true, `${code}: verify finds all as it was written`);

  // What is to be done: every list opens and has rows, in several states.
  const tasks = json("tasks", ...db), procedures = json("procedures", ...db), duties = json("duties", ...db), alerts = json("alerts", ...db);
  const sum = (state) => (tasks.tasks ?? []).reduce((n, t) => n + t[state], 0);
  ok(tasks.lines?.length > 0 && sum("overdue") > 0 && sum("due") > 0 && sum("done") > sum("overdue"), `${code}: tasks done ${sum("done")}, due ${sum("due")}, overdue ${sum("overdue")}`);
  const idleTasks = (tasks.tasks ?? []).filter((t) => t.overdue + t.due + t.establish + t.later + t.done === 0).map((t) => t.task);
  // Nobody is sought until a document of the place asks for a recent sighting, and none of the five does.
  is(idleTasks.join(" "), "seek_unseen", `${code}: every task has somebody, but the one the place has to ask for`);
  ok(procedures.lines?.length > 0 && procedures.procedures.every((p) => p.states.filter((s) => s.items > 0).length > 1), `${code}: every procedure has items in several states`);
  ok(duties.duties?.open > 0 && duties.duties?.done > 0, `${code}: duties open ${duties.duties?.open}, done ${duties.duties?.done}`);
  is(duties.duties?.unrecorded, 0, `${code}: whatever a duty asks can be seen to be done`);
  ok(alerts.lines?.length > 0, `${code}: ${alerts.total} alerts`);

  // What offices did with the records, through the doors people use.
  const declared = (word) => [...texts.get(code).matchAll(new RegExp(`^${word} ([a-z0-9_]+)`, "gm"))].map((m) => m[1]);
  const rounds = json("draw", "rounds", ...db).draws ?? [];
  is(declared("draw").filter((d) => !rounds.some((r) => r.draw === d && r.drawn && r.taken.length > 0)).join(" "), "", `${code}: every draw was made, and took somebody`);
  ok(rounds.some((r) => !r.drawn), `${code}: one list waits for its seed`);
  for (const r of rounds.filter((x) => x.drawn)) {
    const receipt = join(folder, `${r.number}.txt`);
    anlao("draw", "show", r.number, "--to", receipt, ...db);
    is(anlao("draw", "verify", receipt).status, 0, `${code}: the receipt of ${r.draw} verifies without the database`);
  }
  const issued = new Set(sql("select distinct name from issued where kind = 'paper'"));
  is(declared("paper").filter((p) => !issued.has(p) && !noCase.get(code)?.has(p)).join(" "), "", `${code}: every paper was issued`);
  const balances = new Set((json("ledger", "balances", ...db).balances ?? []).filter((b) => b.record).map((b) => b.account));
  is(declared("account").filter((x) => !balances.has(x)).join(" "), "", `${code}: somebody has each account`);
  const files = new Set((json("exchange", "files", ...db).files ?? []).map((f) => f.exchange));
  const exchanges = [...texts.get(code).matchAll(/^exchange ([a-z0-9_]+\.[a-z0-9_]+)/gm)].map((m) => m[1]);
  is(exchanges.filter((x) => !files.has(x)).join(" "), "", `${code}: a file came or went by each exchange`);
  const notices = anlao("public", ...db).out.trim().split("\n").map((l) => l.split(/ {2,}/));
  is(notices.filter(([name, n]) => n === "0" && !daysUnset.has(name)).map(([name]) => name).join(" "), "", `${code}: something stands in every public notice`);
  const twice = json("same", "list", "elder", ...db).pairs?.[0];
  ok(twice !== undefined, `${code}: somebody was entered twice`);
  is(json("change", "list", ...db).changes?.length, 1, `${code}: a change waits for a second person`);
  const counties = [...texts.get(code).matchAll(/^\| [0-9A-Z]+ \|.*\| county \|/gm)].length;
  is(json("move", "list", ...db).moves?.length, counties > 1 ? 1 : 0, `${code}: a move waits for the other of ${counties} counties`);
  is(json("file", "list", "elder", twice?.one ?? "", ...db).files?.length, 1, `${code}: a file lies with a record`);

  const figures = json("figures", "--on", `${day.getUTCFullYear() + 1}-12-31`, "--by", "region", ...db).figures ?? [];
  ok(figures.length > 0, `${code}: ${figures.length} figures against targets`);
  regionsOf.set(code, new Set(figures.map((f) => f.region)));
  indicatorsOf.set(code, new Set(figures.map((f) => `${f.document}/${f.indicator}`)));
}

// Side by side: no figure of one place is another's, and no region of one stands in another's figures.
for (const a of codes)
  for (const b of codes) {
    if (a >= b) continue;
    const regions = [...regionsOf.get(a)].filter((r) => regionsOf.get(b).has(r));
    const figures = [...indicatorsOf.get(a)].filter((i) => indicatorsOf.get(b).has(i));
    ok(regions.length === 0 && figures.length === 0, `${a} and ${b} share no figure`, `${regions} ${figures}`);
  }
finish();
