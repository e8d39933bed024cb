// failing.mjs — the main jobs while the n-th system call or allocation fails: success, or an error that says so with status 3 (1 where
// a document cannot be read); never a crash; the database as it was or as it is to be; and the same job once more goes through.
// $FAIL_NTH: every n up to it, and half as many again beyond by the dice; else some of them.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok, is, finish, folder, program } from "./tap.mjs";

const library = process.argv[4], every = Number(process.env.FAIL_NTH ?? 0);
const seed = Number(process.env.FAIL_SEED ?? Date.now() % 1e9);
console.log(`# FAIL_SEED=${seed}`);
let dice = BigInt(seed) | 1n;
const roll = (below) => { dice = (dice * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n); return Number((dice >> 33n) % BigInt(below)); };

// ---- a small county
const model = (more) => `---
document: m
title: 测试
title en: Test
layer: model
in force: 2019-01-01
---

# 1 档案 / Records

\`\`\`anlao
enum region_level ordered "级别" / "level" { group "小组" / "group"; village "村" / "village"; township "乡镇" / "township"; county "县区" / "county"; city "市" / "city"; province "省" / "province" }
entity region "行政区划" / "region" {
  key code
  title name
  code text(12) "代码" / "code" required unique
  name text(60) "名称" / "name" required
}
entity elder "老年人" / "elder" {
  place residence
  holds born through died
  key file_no
  title name
  list name, born
  file_no text(24) "档案编号" / "file number" unique
  name text(8) "姓名" / "name" required
  id_number citizen_id "公民身份号码" / "citizen number" unique secret
  born date "出生日期" / "born" required
  died date "死亡日期" / "died" open
  residence region "常住地" / "residence" required dated
  income money "月收入" / "income" dated range 0 yuan..100000 yuan
${more}}
\`\`\`
`;
const place = `---
document: p
title: 某市
title en: A city
layer: place
place: 990300
in force: 2019-01-01
builds on: m
---

# 1 地方 / Places

\`\`\`anlao
regions
\`\`\`

| code | name | name en | level | parent | managing | county | since |
| --- | --- | --- | --- | --- | --- | --- | --- |
| 990300 | 某市 | Some City | city |  |  | 990300 |  |
| 990302 | 甲区 | District A | county | 990300 |  | 990302 |  |
| 990302101 | 东镇 | East | township | 990302 |  |  |  |
`;
const rules = (yuan) => `---
document: r
title: 津贴
title en: Allowance
layer: place
place: 990300
in force: 2019-01-01
builds on: p
---

# 1 津贴 / Allowance

\`\`\`anlao
benefit allowance "津贴" / "allowance" {
  for elder every month any day
  when age(born) >= 80
  pay ${yuan} yuan
}
\`\`\`
`;
function packs(name, more, yuan) {
  const to = join(folder, name);
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "model.md"), model(more));
  writeFileSync(join(to, "place.md"), place);
  writeFileSync(join(to, "rules.md"), rules(yuan));
  return to;
}
const today = packs("packs", "", 50), policy = packs("policy", "", 60), wider = packs("wider", '  shoe_size int "鞋码" / "shoe size" range 20..60 because "x"\n', 50);
const list = (from, n) => "file_no,name,born,residence,income\n" + Array.from({ length: n }, (_, i) => `K${from + i},测${i % 90},19${30 + (i % 25)}-0${1 + (i % 9)}-1${i % 9},990302101,${i * 7}\n`).join("");
const files = { first: join(folder, "first.csv"), more: join(folder, "more.csv") };
writeFileSync(files.first, list(0, 60));
writeFileSync(files.more, list(50, 60));

const env = (extra) => ({ ...process.env, ANLAO_HOME: folder, G_SLICE: "always-malloc", ...extra });
const run = (args, extra = {}) => spawnSync(program, args, { encoding: "utf8", input: "", cwd: folder, env: env(extra), timeout: 120000 });
const base = join(folder, "base"), work = join(folder, "work");
mkdirSync(base);
const at = (dir) => `sqlite:${join(dir, "county.db")}`;
const here = ["--db", at(work)];
for (const args of [["init", "--place", "990300"], ["import", "elder", files.first], ["decide", "--month", "2020-06"]]) {
  const done = run([...args, "--db", at(base)]);
  is(done.status, 0, `${args[0]} for a county to be hurt${done.status ? `: ${done.stderr}` : ""}`);
}

function fresh(empty) {
  rmSync(work, { recursive: true, force: true });
  if (empty) mkdirSync(work);
  else cpSync(base, work, { recursive: true });
}
const verified = () => { const v = run(["verify", "--json", ...here]); try { return { ...JSON.parse(v.stdout), status: v.status, err: v.stderr }; } catch { return { ok: false, status: v.status, err: v.stderr }; } };

// `whole`: what an untouched result must satisfy after a failure.
const exported = join(folder, "out.csv");
const jobs = {
  init: { empty: true, args: ["init", "--place", "990300", ...here], again: [0, 1], // 1: it was made, and only its end failed
    // Without its key it is an init that was broken off, which the next one must finish.
    whole: () => !existsSync(join(work, "county.db")) || !existsSync(join(work, "county.db.key")) || verified().ok },
  import: { args: ["import", "elder", files.more, ...here] },
  decide: { args: ["decide", "--month", "2020-08", ...here] },
  export: { args: ["export", "elder", "--format", "csv", "--to", exported, ...here],
    whole: () => (!existsSync(exported) || readFileSync(exported, "utf8").trim().split("\n").length >= 61) && verified().ok },
  verify: { args: ["verify", ...here] },
  policy: { args: ["policy", "--packs", policy, "--put-in-force", "--reason", "x", ...here] },
  migrate: { args: ["migrate", "--packs", wider, ...here] },
  user: { args: ["user", "add", "zhang", "--role", "clerk", "--region", "990302", ...here], again: [0, 1] },
};

// A page is served, then the server is told to end.
async function serve(extra) {
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--web", join(process.argv[3], "web"), ...here], { cwd: folder, env: env(extra), stdio: ["ignore", "pipe", "pipe"] });
  let err = "", address = "";
  child.stderr.on("data", (t) => (err += t));
  const ended = new Promise((done) => child.on("exit", (status, signal) => done({ status, signal })));
  const first = new Promise((done) => child.stdout.on("data", (t) => { address += t; if (address.includes("\n")) done(); }));
  await Promise.race([first, ended]);
  if (address.startsWith("http")) {
    for (const page of ["health", "sign-in", "figures"]) await fetch(address.trim() + page, { redirect: "manual", signal: AbortSignal.timeout(20000) }).then((r) => r.arrayBuffer()).catch(() => {});
    child.kill("SIGTERM");
  }
  return { ...(await ended), stderr: err };
}

function places(total) {
  const chosen = new Set();
  if (every > 0) {
    for (let n = 1; n <= Math.min(every, total); n++) chosen.add(n);
    for (let i = 0; i < every * 1.5 && total > every; i++) chosen.add(every + 1 + roll(total - every));
  } else {
    for (let i = 0; i < 4; i++) chosen.add(1 + roll(Math.min(total, 60)));
    for (let i = 0; i < 4; i++) chosen.add(1 + roll(total));
    // The end of it: in `verify` the database's own check, which calls broken what it has no memory to read.
    for (let n = total - 1; n > total * 0.9 && total > 1000 && chosen.size < 24; n -= Math.ceil(total / 160)) chosen.add(n);
  }
  return [...chosen];
}

async function one(name, job, kind, n, all) {
  fresh(job.empty);
  rmSync(exported, { force: true });
  const extra = { LD_PRELOAD: library, FAIL_KIND: kind, FAIL_AT: String(n), ...(all ? { FAIL_ALL: "1" } : {}) };
  const done = job.args ? run(job.args, extra) : await serve(extra);
  const say = `${name}, ${kind} ${n}${all ? " and all after" : ""}`;
  if (done.signal || ![0, 1, 3].includes(done.status)) return `${say}: ended with ${done.signal ?? done.status}: ${done.stderr.slice(-400)}`;
  if (done.status !== 0 && `${done.stderr}${done.stdout ?? ""}`.trim() === "") return `${say}: status ${done.status} without a word`;
  if (kind === "memory" && done.status === 1) return `${say}: no memory is nobody's mistake: ${done.stderr.slice(-300)}`;
  const whole = job.whole ? job.whole() : verified().ok;
  if (!whole) return `${say}: status ${done.status}, and afterwards: ${JSON.stringify(verified())} ${readdirSync(work)}`;
  if (!job.args || done.status === 0) return "";
  const again = run(job.args);
  if (!(job.again ?? [0]).includes(again.status)) return `${say}: once more gives ${again.status}: ${again.stderr.slice(-300)} (first: ${done.stderr.slice(-200)})`;
  return verified().ok ? "" : `${say}: once more, and it no longer verifies`;
}

jobs.serve = {};
const only = process.env.FAIL_JOB;
for (const [name, job] of Object.entries(jobs)) {
  if (only && only !== name) continue;
  for (const kind of ["file", "short", "memory"]) {
    fresh(job.empty);
    const count = join(folder, "count");
    rmSync(count, { force: true });
    const extra = { LD_PRELOAD: library, FAIL_KIND: kind, FAIL_AT: "0", FAIL_COUNT: count };
    const plain = job.args ? run(job.args, extra) : await serve(extra);
    is(plain.status, 0, `${name}: undisturbed${plain.status ? ` ${plain.stderr}` : ""}`);
    const total = Number(existsSync(count) ? readFileSync(count, "utf8") : 0);
    if (total === 0) continue;
    const faults = [];
    const tried = places(total);
    for (const n of tried) {
      const fault = await one(name, job, kind, n, kind === "file" && roll(2) === 0);
      if (fault !== "") faults.push(fault);
    }
    ok(faults.length === 0, `${name}: ${tried.length} of ${total} ${kind} calls fail, one after the other`, faults.slice(0, 8).join("\n"));
  }
}

// Each allocation while documents are first read, the libraries' own beginnings among them: the program ends, and at once.
if (!only || only === "init") {
  const faults = [];
  for (let n = 100; n < 200; n++) {
    fresh(true);
    const done = spawnSync(program, jobs.init.args, { encoding: "utf8", input: "", cwd: folder, timeout: 30000,
      env: env({ LD_PRELOAD: library, FAIL_KIND: "memory", FAIL_AT: String(n) }) });
    if (done.status !== 3) faults.push(`init, memory ${n}: ended with ${done.signal ?? done.status}: ${done.stderr}`);
  }
  ok(faults.length === 0, "init: no allocation of its beginning leaves it waiting", faults.join("\n"));
}
finish();
