// walk.mjs — each procedure of the documents, walked in the demonstration of a place by commands: an item of its first
// state goes step by step to a last one.  A step without its papers is refused; a hold stops it until it is lifted in
// writing; where a document leaves days open nobody passes.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, root } from "./tap.mjs";

// The text leaves the days of public notice open: 公示 begins and does not end until the place sets them.
const OPEN = new Map([["contest", "recognised"]]);
const LEAST = 36, TRIES = 24;

// Whose condition asks for a certain applicant, and what else it asks: entered anew, so that it holds.
const APPLICANTS = new Map([
  ["startup_loans", { kind: "company", facts: ["asked=6000000"], beyond: ["asked=6000000.01"] }],
  ["allocated_land", { kind: "nonprofit", facts: ["conforms=yes", "certificate_to=2030-01-01"], beyond: ["conforms=no", "certificate_to=2030-01-01"] }],
  ["scope_changes", { kind: "medical", facts: [], beyond: null }],
]);

// ---- the documents: procedures, types of fields, codes of enums

const files = readdirSync(join(root, "packs"), { recursive: true }).filter((f) => f.endsWith(".md"))
  .map((f) => readFileSync(join(root, "packs", f), "utf8"));
const placeOf = (text) => /^place: *([0-9A-Z]+)$/m.exec(text)?.[1];
const inForce = (code) => files.filter((t) => placeOf(t) === undefined || code.startsWith(placeOf(t).replace(/(00)+$/, ""))).join("\n");

function documents(code) {
  const text = inForce(code), fields = new Map(), enums = new Map(), procedures = new Map(), keys = new Map();
  for (const [, name, body] of text.matchAll(/^(?:entity|extend) ([a-z0-9_]+)[^\n]*\{\n([\s\S]*?)^\}/gm)) {
    const key = /^ {2}key +([a-z0-9_]+)$/m.exec(body)?.[1];
    if (key !== undefined) keys.set(name, key);
    for (const [, field, type] of body.matchAll(/^ {2}([a-z0-9_]+) +((?:set of )?[a-z0-9_]+(?:\(\d+\))?)/gm)) fields.set(`${name}.${field}`, type);
    if (enums.has(name)) enums.set(name, [...enums.get(name), ...[...body.matchAll(/^ {2}([a-z0-9_]+)/gm)].map((m) => m[1])]);
  }
  for (const [, name, body] of text.matchAll(/^enum ([a-z0-9_]+)[^\n]*\{\n([\s\S]*?)^\}/gm))
    enums.set(name, [...body.matchAll(/^ {2}([a-z0-9_]+)/gm)].map((m) => m[1]));
  for (const [, name, entity, body] of text.matchAll(/^procedure ([a-z0-9_]+)[^\n{]* of ([a-z0-9_]+)[^\n{]*\{\n([\s\S]*?)^\}/gm))
    procedures.set(name, { name, entity, steps: steps(body) });
  return { fields, enums, procedures, keys };
}

function steps(body) {
  const found = [];
  for (const line of body.replace(/\n {4,}/g, " ").split("\n")) {
    const states = /^ *([a-z0-9_]+(?: -> [a-z0-9_]+)+)/.exec(line)?.[1].split(" -> ") ?? [];
    const needs = / needs ([a-z0-9_]+(?:, *[a-z0-9_]+)*)/.exec(line)?.[1].split(/, */) ?? [];
    for (let i = 0; i + 1 < states.length; i++) found.push({ from: states[i], to: states[i + 1], needs });
  }
  return found;
}

// The longest way without a state twice, from each state.
function way(p, from, seen = []) {
  let best = [];
  for (const s of p.steps.filter((x) => x.from === from && !seen.includes(x.to))) {
    const rest = [s, ...way(p, s.to, [...seen, from])];
    if (rest.length > best.length) best = rest;
  }
  return best;
}

// ---- one database

const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
function idText(number) {
  let text = "";
  for (let n = BigInt(number), i = 0; i < 14; i++, n >>= 5n) text = SIGNS[Number(n & 31n)] + text;
  return text.slice(-14);
}

function walkAll(code, walked) {
  const file = join(folder, `${code}.db`), db = ["--db", `sqlite:${file}`], docs = documents(code);
  anlao("init", "--place", code, "--demo", ...db);
  is(anlao("demo", "--elders", "600", "--seed", "5", ...db).status, 0, `${code}: a demonstration`);
  const sql = (text) => spawnSync("sqlite3", ["-readonly", file, text], { encoding: "utf8" }).stdout.trim();
  const today = new Date(Number(sql("select value from about where name = 'demo_day'")) * 86400000).toISOString().slice(0, 10);

  // A value of the field's type: days lie `back` days ago, a reference is the newest record's.
  const valueOf = (entity, field, back) => {
    const type = docs.fields.get(`${entity}.${field}`) ?? "", of = type.replace("set of ", "");
    if (/^text/.test(type)) return "走到这一步所需";
    if (type === "bool") return "yes";
    if (type === "date") return new Date(Date.parse(today) - back * 86400000).toISOString().slice(0, 10);
    if (/^(int|decimal)/.test(type)) return "3";
    if (type === "money") return "0";
    if (docs.enums.has(of)) return type === of ? docs.enums.get(of).at(-1) : docs.enums.get(of).join("|");
    const named = docs.keys.get(type);
    if (type === "region") return sql("select region from operator limit 1");
    const found = sql(`select ${named === undefined ? "id" : `"${named}"`} from "${type}" where ${named ?? "id"} is not null limit 1`);
    return found === "" ? undefined : named === undefined ? idText(found) : found;
  };

  // A paper among several: the field that holds them.
  const setWith = (entity, code) => [...docs.fields].find(([f, type]) => f.startsWith(`${entity}.`) && type.startsWith("set of ") && docs.enums.get(type.slice(7))?.includes(code))?.[0].slice(entity.length + 1);
  const book = json("procedures", "--most", "5000", ...db);
  for (const p of docs.procedures.values()) {
    if (walked.has(p.name)) continue;
    const sum = book.procedures?.find((x) => x.procedure === p.name);
    if (sum === undefined) continue;
    const firsts = sum.states.map((s) => s.state).filter((s) => !p.steps.some((x) => x.to === s));
    const order = [...new Set([...firsts, ...sum.states.map((s) => s.state)])].filter((s) => way(p, s).length > 0 && sum.states.find((x) => x.state === s).items > 0)
      .sort((a, b) => way(p, b).length - way(p, a).length);
    walked.set(p.name, walkOne(p, order, db, book, valueOf, setWith, today));
    is(walked.get(p.name), OPEN.get(p.name) ?? "last", `${code}: ${p.name} of ${p.entity} is walked from ${order[0]}`);
  }
}

// "last": to the end; else the state that is not reached, or what was said.
function walkOne(p, order, db, book, valueOf, setWith, today) {
  let said = "no item";
  if (p.name === "admission") return walkAdmission(p, db, today);
  if (APPLICANTS.has(p.name)) return walkNew(p, order[0], db, valueOf, today);
  for (const from of order.slice(0, 2)) {
    const lines = book.lines.filter((l) => l.procedure === p.name && l.state === from);
    const steps = way(p, from), needs = [...new Set(steps.flatMap((s) => s.needs))];
    const fits = lines.filter((l) => l.steps.some((s) => s.to === steps[0].to && !s.guarded));
    for (const [i, line] of fits.slice(0, TRIES).entries()) {
      const set = needs.map((n) => [setWith(p.entity, n) ?? n, n]).filter(([f], k, all) => all.findIndex(([g]) => g === f) === k)
        .map(([n]) => [n, valueOf(p.entity, n, i % 2 === 0 ? 0 : 800)]).filter(([, v]) => v !== undefined).flatMap(([n, v]) => ["--set", `${n}=${v}`]);
      let done = anlao("step", p.entity, line.key, ...steps.map((s) => s.to), ...set, "--on", today, ...db);
      if (OPEN.has(p.name) && /how long to wait is not set/.test(done.err)) return OPEN.get(p.name);
      if (done.status !== 0 && /held/.test(done.err))
        done = anlao("step", p.entity, line.key, ...steps.map((s) => s.to), ...set, "--on", today, "--lift", "--reason", "走查：书面批准通过", ...db);
      tries++;
      if (done.status === 0) return "last";
      said = `${done.err.trim().slice(0, 300)} [${set.join(" ")}]`;
    }
  }
  return said;
}

// An item of its own, by an applicant of the kind; one step beyond what is asked and the condition stops it.
function walkNew(p, from, db, valueOf, today) {
  const { kind, facts, beyond } = APPLICANTS.get(p.name), first = p.steps.find((s) => !p.steps.some((x) => x.to === s.from)).from;
  const applicant = valueOf(p.entity, "applicant", 0), file = join(folder, "operator.csv");
  writeFileSync(file, `credit_code,kind\n${applicant},${kind}\n`);
  anlao("import", "operator", file, "--made-up", ...db);
  const steps = way(p, first), needs = [...new Set(steps.flatMap((s) => s.needs))].map((n) => `${n}=${valueOf(p.entity, n, 0)}`);
  const region = p.entity === "allocation_request" ? [`region=${valueOf("operator", "region", 0)}`] : [];
  const go = (more) => anlao("step", p.entity, "new", first, ...steps.map((s) => s.to),
    ...[`applicant=${applicant}`, `applied_on=${today}`, ...region, ...needs, ...more].flatMap((x) => ["--set", x]), ...db);
  if (beyond !== null && !/condition is not met/.test(go(beyond).err)) return `${beyond} passes`;
  const done = go(facts);
  return done.status === 0 ? "last" : done.err.trim();
}

// Somebody asks for a bed: in a full home nobody is called, in one with a free bed the way goes on.
function walkAdmission(p, db, today) {
  const homes = json("export", "facility", "--format", "json", ...db).records.filter((f) => f.facility_no !== null && f.ownership === "private");
  const elder = json("export", "elder", "--format", "json", ...db).records.find((e) => e.file_no !== null).file_no;
  const first = p.steps.find((s) => !p.steps.some((x) => x.to === s.from)).from, states = way(p, first).map((s) => s.to);
  const go = (home) => anlao("step", p.entity, "new", first, ...states, ...[`elder=${elder}`, `facility=${home.facility_no}`, `applied_on=${today}`].flatMap((x) => ["--set", x]), ...db);
  const full = go(homes.find((f) => Number(f.free_beds) <= 0));
  if (!/condition is not met/.test(full.err)) return `a full home calls: ${full.err}`;
  const done = go(homes.find((f) => Number(f.free_beds) > 0));
  return done.status === 0 ? "last" : done.err.trim();
}

let tries = 0;
const walked = new Map();
for (const code of ["360300", "610400", "532600", "500154", "370000"]) walkAll(code, walked);
ok(walked.size >= LEAST, `${walked.size} procedures were walked in ${tries} tries`);
finish();
