// full.mjs — the disk of the second place is full while a server ships to it, and that of the folder for what other nodes send: nothing is
// lost, work goes on, who keeps the machine is told on every page, nothing half-written is left, and all is caught up when there is room.
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { anlao, json, ok, is, finish, folder, program, root, database, where, onPostgres } from "./tap.mjs";

const library = process.argv[4], disk = join(folder, "disk"), second = join(disk, "second"), inbox = join(disk, "inbox"), full = join(folder, "is-full");
for (const d of [disk, second, inbox]) mkdirSync(d);
const db = database("full"), county = database("county");
const password = "sesame-open-sesame-2020";
is(spawnSync(program, ["init", "--place", "360300", "--password-stdin", "--db", db], { input: `${password}\n`, cwd: where, env: { ...process.env, ANLAO_HOME: root } }).status, 0, "a database");
is(anlao("init", "--place", "360313", "--node", "2", "--db", county).status, 0, "and a county's");

const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--db", db, "--ship", second, "--exchange", inbox], { cwd: where, stdio: ["ignore", "pipe", "pipe"],
  env: { ...process.env, ANLAO_HOME: root, LD_PRELOAD: library, FAIL_KIND: "full", FAIL_UNDER: disk, FAIL_WHILE: full } });
let said = "";
child.stderr.on("data", (d) => (said += d));
const gone = new Promise((done) => child.on("exit", done));
const address = await new Promise((done) => child.stdout.once("data", (d) => done(String(d).match(/http:[^\s]*/)[0].replace(/\/$/, ""))));
const health = async () => (await fetch(`${address}/health`)).json();
const until = async (holds) => { for (const end = Date.now() + 30000; Date.now() < end; await wait(100)) if (await holds()) return true; return false; };
let number = 0;
const people = (uri, n) => {
  const csv = join(folder, "people.csv");
  writeFileSync(csv, `file_no,name,born,residence\n${Array.from({ length: n }, () => `FULL${number++},测${number % 50},1940-01-01,${uri === db ? "360302101" : "360313101"}`).join("\n")}\n`);
  is(json("import", "elder", csv, "--db", uri).accepted, n, `${n} people`);
};

// The administrator, signed in.
const field = (text, name) => text.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? "";
const cookie = (r) => r.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ");
const door = await fetch(`${address}/sign-in`), form = await door.text();
const entered = await fetch(`${address}/sign-in`, { method: "POST", redirect: "manual",
  headers: { origin: address, cookie: cookie(door), "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ csrf: field(form, "csrf"), account: "admin", password }).toString() });
is(entered.status, 303, "who keeps the machine has signed in");
const page = async (path = "/policies") => { const r = await fetch(`${address}${path}`, { headers: { cookie: cookie(entered) } }); return { status: r.status, text: await r.text() }; };
const warned = async () => /没有写进第二处/.test((await page()).text);

people(db, 20);
ok(await until(async () => (await health()).ship === "ok" && (await health()).ship_behind === 0), "shipped");
is(await warned(), false, "no page warns");

// ---- full
writeFileSync(full, "");
people(db, 30);
ok(await until(async () => (await health()).ship === "failing" && (await health()).ship_behind > 0), "a full disk: said on the health page", JSON.stringify(await health()));
ok(/No space left/.test((await health()).ship_why), "in the system's words", (await health()).ship_why);
ok(/anlao_ship_ok 0/.test(await (await fetch(`${address}/metrics`)).text()), "for collectors, too");
ok(await warned(), "and on every page of who keeps the machine");
is((await page("/progress")).status, 200, "pages are shown");
people(db, 10);
ok((await health()).ok, "the service goes on");
await wait(2500);
is(said.match(/No space left/g)?.length, 1, "the log says it once");
ok(readdirSync(second).flatMap((c) => readdirSync(join(second, c))).every((f) => f.endsWith(".range")), "nothing half-written lies there");
const keyOf = (uri) => (onPostgres ? join(where, `${uri.replace(/[?].*/, "").replace(/.*[/]/, "")}.key`) : `${uri.slice(7)}.key`);
const rebuilt = (name) => {
  const uri = database(name);
  const r = anlao("rebuild", second, "--db", uri, "--reason", "the machine is gone");
  is(r.status, 0, `a node is rebuilt from what is there${r.status ? `: ${r.err}` : ""}`);
  copyFileSync(keyOf(db), keyOf(uri));
  const v = json("verify", "--db", uri);
  is(v.ok, true, "it verifies");
  return v.journal.entries;
};
const then = rebuilt("then");

// ---- what a county sends
const key = json("exchange", "status", "--db", county).own_key;
people(county, 5);
const send = () => new Promise((done) => {
  const c = spawn(program, ["exchange", "send", address, "--retry", "1", "--db", county], { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: ["ignore", "ignore", "pipe"] });
  let err = "";
  c.stderr.on("data", (d) => (err += d));
  c.on("exit", (status) => done({ status, err }));
});
unlinkSync(full);
is((await send()).status, 1, "the county asks to be let in");
const let_in = anlao("exchange", "receive", inbox, "--trust", key, "--db", db);
is(let_in.status, 0, `and is ${let_in.err}`);
ok(await until(async () => (await health()).ship_behind === 0 && (await health()).ship === "ok"), "there is room again: caught up");
writeFileSync(full, "");
const refused = await send();
ok(refused.status === 3 && /the system failed there/.test(refused.err), "with a full disk the master takes nothing, and says so", refused.err);
unlinkSync(full);
is((await send()).status, 0, "with room it is all taken");

// ---- room again
ok(await until(async () => (await health()).ship_behind === 0 && (await health()).ship === "ok"), "all is in the second place");
is(await warned(), false, "no page warns any more");
child.kill("SIGTERM");
await gone;
const entries = json("verify", "--db", db).journal.entries;
const now = rebuilt("now");
ok(now >= entries && now > then, "and not an entry is missing", `${now} of ${entries}`);

// ---- no room where the database lies: it is not called another program's
if (!onPostgres) {
  writeFileSync(full, "");
  const c = spawnSync(program, ["verify", "--db", db], { cwd: where, encoding: "utf8",
    env: { ...process.env, ANLAO_HOME: root, LD_PRELOAD: library, FAIL_KIND: "full", FAIL_UNDER: folder, FAIL_WHILE: full } });
  unlinkSync(full);
  ok(c.status === 3 && /full/.test(c.stderr) && !/not a database/.test(c.stderr), "the disk is said to be full", `${c.status} ${c.stderr}`);
  is(anlao("verify", "--db", db).status, 0, "with room all is there");
}
finish();
