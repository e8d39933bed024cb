// ship.mjs — the journal goes to a second place each second: killed at any moment, a node is rebuilt from there, and nothing that
// was shipped is lost; what is cut off, changed or missing is refused by name; a place that is full or gone is said, and caught up with.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync, readdirSync, mkdirSync, renameSync, unlinkSync, copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { anlao, json, ok, is, finish, folder, program, root, database, where, onPostgres } from "./tap.mjs";

const db = database("ship"), ship = join(folder, "second");
is(anlao("init", "--place", "360300", "--demo", "--db", db).status, 0, "a database");
is(anlao("demo", "--elders", "300", "--seed", "1", "--db", db).status, 0, "with people");
is(anlao("decide", "--month", "2020-06", "--db", db).status, 0, "and decisions");
mkdirSync(ship);

const keyOf = (uri) => {
  const name = uri.replace(/[?].*/, "").replace(/^sqlite:/, "");
  return onPostgres ? join(where, `${name.replace(/.*[/]/, "")}.key`) : `${name}.key`;
};
function serve(...more) {
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--db", db, "--ship", ship, ...more],
    { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: ["ignore", "pipe", "pipe"] });
  child.said = "";
  child.stderr.on("data", (d) => (child.said += d));
  const gone = new Promise((done) => child.on("exit", done));
  const up = new Promise((done) => child.stdout.once("data", (d) => done(String(d).match(/http:[^\s]*/)[0].replace(/\/$/, ""))));
  return { child, gone, up };
}
const health = async (address) => (await fetch(`${address}/health`)).json();
async function until(holds, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await wait(100)) if (await holds()) return true;
  return false;
}
const ranges = () => readdirSync(ship).flatMap((c) => readdirSync(join(ship, c)).filter((f) => !f.includes(".new-")).map((f) => join(ship, c, f)));
const entries = (uri) => json("verify", "--db", uri).journal.entries;
let number = 0;
// Some people, at once; their numbers say which.
function people(n) {
  const csv = join(folder, "more.csv"), first = number;
  let text = "file_no,name,born,residence\n";
  for (; number < first + n; number++) text += `SHIPPED${number},测${number % 100},1940-01-01,360302101\n`;
  writeFileSync(csv, text);
  is(json("import", "elder", csv, "--made-up", "--db", db).accepted, n, `${n} more people`);
}
const known = (uri) => {
  const out = join(folder, "out.csv");
  anlao("export", "elder", "--format", "csv", "--to", out, "--db", uri);
  return (readFileSync(out, "utf8").match(/(^|,|\n)SHIPPED\d+,/g) ?? []).length;
};
let rebuilt = 0;
function rebuild(what, from = ship) {
  const uri = database(`rebuilt-${++rebuilt}`), key = keyOf(uri);
  const r = anlao("rebuild", from, "--db", uri, "--reason", "the machine is gone");
  is(r.status, 0, what);
  if (r.status !== 0) console.log(`# ${r.err}`);
  copyFileSync(keyOf(db), key);
  const v = json("verify", "--db", uri);
  is(v.ok, true, "it verifies, stored decisions too");
  return { uri, entries: v.journal.entries };
}

// ---- killed at random -------------------------------------------------------------------------
for (let round = 0; round < 3; round++) {
  const s = serve(), address = await s.up;
  people(20 + round);
  const before = entries(db);
  ok(await until(async () => (await health(address)).ship_behind === 0 && (await health(address)).ship === "ok"), "all of it is in the second place");
  const shipped = number;
  const busy = join(folder, "busy.csv"); // somebody writes while it is killed
  writeFileSync(busy, `file_no,name,born,residence\n${Array.from({ length: 50 }, (_, i) => `B${round}-${i},测乙,1941-02-03,360302101`).join("\n")}\n`);
  const more = spawn(program, ["import", "elder", busy, "--made-up", "--db", db], { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: "ignore" });
  const ended = new Promise((done) => more.on("exit", done));
  await wait(150 * Math.random());
  s.child.kill("SIGKILL");
  await s.gone;
  await ended;
  const b = rebuild("killed: a node from what was shipped");
  ok(b.entries >= before + 1, "no entry that was shipped is lost", `${b.entries} of ${before}`); // one more says that it was rebuilt
  is(known(b.uri), shipped, "nobody who was shipped is lost");
}

// ---- a place that is gone ---------------------------------------------------------------------
renameSync(ship, `${ship}-away`);
{
  const s = serve(), address = await s.up;
  ok(await until(async () => (await health(address)).ship === "failing"), "without its place the server serves, and says so");
  ok(await until(async () => /is not there/.test((await health(address)).ship_why)), "in words");
  people(5);
  ok(/anlao_ship_ok 0/.test(await (await fetch(`${address}/metrics`)).text()), "for collectors, too");
  ok(await until(async () => (await health(address)).ship_behind > 0), "how far it is behind");
  renameSync(`${ship}-away`, ship);
  ok(await until(async () => (await health(address)).ship_behind === 0), "when the place is back, it catches up");
  is(s.child.said.match(/is not there/g).length, 1, "a fault is said once, not each second");
  s.child.kill("SIGTERM");
  await s.gone;
  is(known(rebuild("from what was caught up").uri), number, "nobody is missing");
}

// ---- what is wrong with files -------------------------------------------------------------------
const refused = (what, words) => {
  const r = anlao("rebuild", ship, "--db", `sqlite:${join(folder, "never.db")}`, "--reason", "trying what is damaged");
  ok(r.status === 1 && words.every((w) => r.err.includes(w)) && !existsSync(join(folder, "never.db")), what, `${r.status} ${r.err}`);
};
const all = ranges().filter((f) => f.includes("/360302/")).sort(), victim = all[0], bytes = readFileSync(victim);
writeFileSync(victim, bytes.subarray(0, bytes.length - 10));
refused("a file that is cut short is named", [victim, "cut off"]);
const changed = Buffer.from(bytes);
changed[bytes.length >> 1] ^= 4;
writeFileSync(victim, changed);
refused("a file that was changed is named", [victim, "not as it was written"]);
const head = Buffer.from(bytes);
head[bytes.indexOf("\nat ") + 8] ^= 1;
writeFileSync(victim, head);
refused("so is one whose head was changed", [victim, "signature"]);
unlinkSync(victim);
refused("one that is missing leaves a gap, which is named", ["are missing", "no file in"]);
writeFileSync(victim, bytes);
if (!onPostgres) {
  const r = anlao("rebuild", ship, "--db", `sqlite:${join(folder, "never.db")}`);
  ok(r.status === 1 && /say why with --reason/.test(r.err), "without a seal somebody answers for it in writing", r.err);
  const sealed = join(folder, "newest.seal");
  is(anlao("seal", "--to", sealed, "--db", db).status, 0, "a seal");
  is(anlao("rebuild", ship, "--db", `sqlite:${join(folder, "sealed.db")}`, "--seal", sealed).status, 0, "with the newest seal nobody has to");
  people(1);
  anlao("seal", "--to", `${sealed}-2`, "--db", db);
  const cut = anlao("rebuild", ship, "--db", `sqlite:${join(folder, "cut.db")}`, "--seal", `${sealed}-2`);
  ok(cut.status === 1 && /does not hold what was sealed/.test(cut.err), "a seal on what was not shipped shows what is missing", cut.err);
  const there = anlao("rebuild", ship, "--db", db);
  ok(there.status === 1 && /would be lost/.test(there.err), "a database that knows more is not replaced without a word", there.err);
}

// ---- another node's place -----------------------------------------------------------------------
{
  const other = database("other");
  anlao("init", "--place", "360300", "--demo", "--db", other);
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--db", other, "--ship", ship], { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: ["ignore", "pipe", "pipe"] });
  const gone = new Promise((done) => child.on("exit", done));
  let said = "";
  child.stderr.on("data", (d) => (said += d));
  ok(await until(() => /journal of another one/.test(said)), "a place that holds another database's journal is left alone", said);
  child.kill("SIGTERM");
  await gone;
}

// ---- erased by law --------------------------------------------------------------------------------
{
  const s = serve(), address = await s.up;
  ok(await until(async () => (await health(address)).ship_behind === 0), "all is shipped");
  const csv = join(folder, "one.csv");
  writeFileSync(csv, "file_no,name,born,residence\nERASEME,测特别的人,1940-01-01,360302101\n");
  is(json("import", "elder", csv, "--made-up", "--db", db).accepted, 1, "somebody");
  const holds = (f) => { try { return readFileSync(f).includes("测特别的人"); } catch { return false; } }; // it may be written anew meanwhile
  const has = () => ranges().some(holds);
  ok(await until(has), "who is shipped");
  const e = anlao("erase", "elder", "ERASEME", "--ordered-by", "court of Anyuan", "--reason", "the law demands it", "--db", db);
  is(e.status, 0, "is erased by law");
  ok(await until(() => !has()), "and taken out of what left before");
  s.child.kill("SIGTERM");
  await s.gone;
  rebuild("rebuilt: without her");
}
finish();
