// backup.mjs — a copy is made while the pages are served, nobody but its recipient opens it, a damaged one is refused, and a
// restore that is killed at any moment leaves the old database.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync, existsSync, copyFileSync, chmodSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { anlao, json, ok, is, finish, folder, program, root, database, where, onPostgres, importLeft, leftTold } from "./tap.mjs";

const db = database("backup");
is(anlao("init", "--place", "360300", "--demo", "--db", db).status, 0, "a database");
is(anlao("demo", "--elders", "400", "--seed", "1", "--db", db).status, 0, "with people");

const key = join(folder, "recipient"), other = join(folder, "other"), copy = join(folder, "copy.anlao");
is(anlao("keys", "recipient", key).status, 0, "a recipient");
is(anlao("keys", "recipient", other).status, 0, "and another");
is(anlao("keys", "recipient", key).status, 1, "keys are never overwritten");

// An import that is under way in another process when the copy is made, and never ends there.
const importer = onPostgres ? spawn("psql", ["-qXAt", db], { stdio: ["pipe", "pipe", "ignore"] }) : spawn("sleep", ["600"], { stdio: ["ignore", "ignore", "ignore"] });
let owner = `${importer.pid} ${readFileSync(`/proc/${importer.pid}/stat`, "utf8").replace(/.*\) /, "").split(" ")[19]}`;
if (onPostgres) {
  importer.stdin.write("SELECT CAST(pid AS text)||' '||CAST(extract(epoch FROM backend_start) AS text) FROM pg_stat_activity WHERE pid=pg_backend_pid();\n");
  owner = String(await new Promise((done) => importer.stdout.once("data", done))).trim();
}
importLeft(db, 1, owner);
const server = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--db", db],
  { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: ["ignore", "pipe", "ignore"] });
await new Promise((done) => server.stdout.once("data", done));
is(anlao("backup", copy, "--to", `${key}.pub`, "--db", db).status, 0, "a backup while serving");
is(anlao("backup", copy, "--to", `${key}.pub`, "--db", db).status, 1, "a copy is never overwritten");
if (!onPostgres) {
  const busy = anlao("restore", copy, "--with", key, "--db", db, "--reason", "no reason at all");
  is(busy.status, 3, "nothing is restored under a running server");
  ok(/in use/.test(busy.err), "which is said", busy.err);
}
importer.kill("SIGKILL");
server.kill("SIGTERM");
await new Promise((done) => server.on("exit", done));
const bytes = readFileSync(copy);
ok(!bytes.includes("SQLite format") && !bytes.includes("old_age_allowance"), "nothing of it can be read");

const target = onPostgres ? database("target") : db;
const seq = () => json("verify", "--db", db).journal.entries;
const before = seq();
const refused = (file, words, what, ...more) => {
  const r = anlao("restore", file, "--with", key, "--db", target, "--reason", "trying what is damaged", ...more);
  ok(r.status === 1 && r.err.includes(words), what, `${r.status} ${r.err}`);
};
const wrong = anlao("restore", copy, "--with", other, "--db", target);
ok(wrong.status === 1 && wrong.err.includes("another key"), "another recipient is refused", wrong.err);
for (const [at, what] of [[10, "its beginning"], [500, "its first piece"], [bytes.length >> 1, "the middle"], [bytes.length - 5, "its end"]]) {
  const bad = Buffer.from(bytes), file = join(folder, "bad");
  bad[at] ^= 1;
  writeFileSync(file, bad);
  refused(file, "damaged", `changed at ${what}: refused`);
}
writeFileSync(join(folder, "short"), bytes.subarray(0, bytes.length - 3000));
refused(join(folder, "short"), "damaged", "cut short: refused");

if (!onPostgres) {
  // the database goes on; the copy lacks what came after it
  const csv = join(folder, "more.csv");
  writeFileSync(csv, "file_no,name,born,residence\nZ1,测甲,1940-01-01,360302101\n");
  is(json("import", "elder", csv, "--made-up", "--db", db).accepted, 1, "an elder after the backup");
  const lost = anlao("restore", copy, "--with", key, "--db", db);
  ok(lost.status === 1 && /would be lost/.test(lost.err), "what would be lost needs a reason", lost.err);
  const now = seq();
  ok(now > before, "the old database stands");

  const begun = Date.now();
  const twin = join(folder, "twin.db");
  is(anlao("restore", copy, "--with", key, "--db", `sqlite:${twin}`, "--reason", "timing it").status, 0, "into a new file");
  const took = Date.now() - begun;
  let old = true;
  for (const share of [0.02, 0.2, 0.5, 0.7, 0.85, 0.95]) {
    const child = spawn(program, ["restore", copy, "--with", key, "--db", db, "--reason", "killed half way"],
      { env: { ...process.env, ANLAO_HOME: root }, stdio: "ignore", cwd: where });
    const gone = new Promise((done) => child.on("exit", done));
    await wait(took * share);
    child.kill("SIGKILL");
    const status = await gone;
    if (status === 0) break; // it was quicker this time
    const v = json("verify", "--db", db);
    old = old && v.ok && v.journal.entries === now;
  }
  ok(old, "killed at any moment, the old database stands");
}
if (!existsSync(`${where}/back.key`) && onPostgres) { /* verify needs the key file beside the new name */
  const name = (uri) => uri.replace(/[?].*/, "").replace(/.*[/]/, "");
  copyFileSync(join(where, `${name(db)}.key`), join(where, `${name(target)}.key`));
  chmodSync(join(where, `${name(target)}.key`), 0o400);
}
const lines = anlao("restore", copy, "--with", key, "--db", target, "--reason", "the disk\nis full");
ok(lines.status === 1 && lines.err.includes("line end"), "what the journal keeps is one line", lines.err);
const restored = anlao("restore", copy, "--with", key, "--db", target, "--reason", "the disk is being replaced", "--json");
is(restored.status, 0, "restored");
ok(leftTold.test(restored.err), "what the interrupted import left out is told", restored.err);
const done = JSON.parse(restored.out);
ok(done.incarnation >= 1, "as a new incarnation");
const after = json("verify", "--db", target);
ok(after.ok, "it verifies", after.journal?.fault);
is(after.journal.entries, done.entries + 1, "and says in one more entry that it was restored");
if (!onPostgres) ok(done.lost > 0 && existsSync(done.kept), "what was lost is counted, and the old file is kept");
finish();
