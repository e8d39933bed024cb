// migrate.mjs — a county's documents change what is recorded: its database is carried over, below a server that is running.
import { spawn } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, program, root, database, where, importLeft, leftTold } from "./tap.mjs";

const uri = database("migrate"), db = ["--db", uri];
const packs = (name, change) => {
  const to = join(folder, name), file = join(to, "model", "elder.md");
  cpSync(join(root, "packs"), to, { recursive: true });
  const before = readFileSync(file, "utf8"), after = change(before);
  ok(before !== after, `documents "${name}" differ`);
  writeFileSync(file, after);
  return ["--packs", to];
};
const line = /^ {2}social_card_account .*$/m;
const more = packs("more", (t) => t.replace(line, (l) => `${l}\n  shoe_size int "鞋码" / "shoe size" range 20..60 because "买鞋 / for buying shoes"`));
const narrow = packs("narrow", (t) => t.replace(line, (l) => `${l}\n  shoe_size int "鞋码" / "shoe size" range 20..40 because "买鞋 / for buying shoes"`));

is(anlao("init", "--place", "360300", "--demo", ...db).status, 0, "a database of today's documents");
is(anlao("demo", "--elders", "300", ...db).status, 0, "with 300 elders");
is(json("migrate", ...db).nothing, true, "nothing to migrate");

// ---- safe, below a server
const serving = spawn(program, ["serve", "--listen", "127.0.0.1:0", ...db], { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: ["ignore", "pipe", "ignore"] });
const ended = new Promise((done) => serving.on("exit", (status) => done(status)));
const address = await new Promise((done) => serving.stdout.on("data", (text) => done(String(text).trim())));
const health = await (await fetch(`${address}health`)).json();
is(health.ok, true, "the server is well");
const policy = anlao("policy", "--put-in-force", ...more, ...db);
ok(policy.status === 1 && policy.err.includes("anlao migrate"), "a policy with another field says that it needs a migration", policy.err);
const shown = json("migrate", "--dry-run", ...more, ...db);
ok(!shown.destructive && !shown.migrated && shown.changes.length === 1 && shown.changes[0].name === "shoe_size", "shown: one field more", JSON.stringify(shown));
const done = json("migrate", ...more, ...db);
ok(done.status === 0 && done.migrated, "done without asking", JSON.stringify(done));
is(await ended, 3, "the server, which is of the older generation, ends by itself with 3");
is(json("verify", ...db).ok, true, "all is as it was written");

const file = join(folder, "shoes.csv");
const elder = anlao("export", "elder", "--format", "csv", ...db).out.split("\n")[1].split(",")[0];
writeFileSync(file, `file_no,shoe_size\n${elder},44\n`);
is(json("import", "elder", file, "--made-up", ...db).changed, 1, "the new field takes a value");

// ---- destructive
const refused = anlao("migrate", ...narrow, ...db);
ok(refused.status === 1 && refused.err.includes("--reason") && refused.out.includes("(1 record)"), "a narrower range asks for a reason, and names the record", refused.out + refused.err);
is(json("verify", ...db).ok, true, "nothing was changed");
is(json("migrate", "--reason", "nobody wears more", ...narrow, ...db).migrated, true, "with a reason it is done");
const lines = anlao("migrate", "--reason", "shoes are\nno business of ours", ...db);
ok(lines.status === 1 && lines.err.includes("line end"), "what the journal keeps is one line", lines.err);
const gone = json("migrate", "--reason", "shoes are no business of ours", ...db);
ok(gone.migrated && gone.changes[0].recorded === "hidden" && gone.changes[0].records === 1, "the field goes, out of sight", JSON.stringify(gone));
is(json("verify", ...db).ok, true, "and every record is still what the journal says of it");
is(json("migrate", ...more, ...db).migrated, true, "it comes back");
const header = anlao("export", "elder", "--format", "csv", ...db).out.split("\n");
ok(header[1].split(",").includes("44"), "with what was recorded", header.slice(0, 2).join("\n"));
is(anlao("decide", "--month", "2021-09", ...db).status, 0, "decisions are made anew");
is(json("verify", ...db).ok, true, "and verified");

// ---- an import that was interrupted is told by the migration that opens the database first, done or not
is(anlao("user", "add", "keeper", "--role", "admin", "--region", "360300", ...db).status, 0, "an account that puts policies in force");
importLeft(uri);
const less = anlao("migrate", "--as", "keeper", "--reason", "shoes once more", ...db);
ok(less.status === 0 && leftTold.test(less.err), "what an interrupted import left out is told", less.err);
const next = anlao("migrate", "--as", "keeper", ...more, ...db);
ok(next.status === 0 && !/left out/.test(next.err), "once", next.err);
importLeft(uri);
const failed = anlao("migrate", "--as", "nobody", "--reason", "shoes once more", ...db);
ok(failed.status === 1 && leftTold.test(failed.err), "also where the migration is not done", failed.err);

// ---- two districts add one word, and mean two things by it (semantics 50)
const addition = (place, name, field) => `---
document: ${name}
title: 试点
layer: place
place: ${place}
in force: 2021-01-01
---

# 一 登记 / What is recorded

\`\`\`anlao
extend elder { ${field} because "评先 / for awards" }
\`\`\`
`;
const one = packs("one", (t) => t.replace(line, (l) => `${l}\n  shoe_size int "鞋码" / "shoe size" range 20..60 because "买鞋 / for buying shoes"`));
writeFileSync(join(one[1], "places", "anyuan-2021.md"), addition("360302", "anyuan-2021", 'merit int "荣誉积分" / "merit points"'));
is(json("migrate", ...one, ...db).migrated, true, "Anyuan adds a field");
const merits = (header, value) => { writeFileSync(file, `file_no,${header}\n${elder},${value}\n`); return json("import", "elder", file, "--made-up", ...db); };
is(merits("merit", "12").changed, 1, "while it is the only one, its word is enough");
cpSync(one[1], join(folder, "two"), { recursive: true });
writeFileSync(join(folder, "two", "places", "xiangdong-2021.md"), addition("360313", "xiangdong-2021", 'merit bool "荣誉表彰" / "merit"'));
const both = json("migrate", "--packs", join(folder, "two"), ...db);
ok(both.migrated && !both.destructive, "Xiangdong adds one of the same word: nothing is taken away", JSON.stringify(both));
is(merits("xiangdong-2021/merit", "yes").changed, 1, "its field is called by its document's name too");
ok(merits("merit", "13").rejected !== 0, "the word alone says no longer whose it is");
const names = anlao("export", "elder", "--format", "csv", ...db).out.split("\n").map((l) => l.match(/("([^"]|"")*"|[^,]*)(,|$)/g).map((c) => c.replace(/,$/, "")));
const cell = (name) => names[1][names[0].indexOf(name)];
is([cell("荣誉积分"), cell("荣誉表彰")].join(), "12,是", "each holds its own");
is(json("verify", ...db).ok, true, "and all is as it was written");
is(anlao("migrate", "--stored", "--packs", "x", ...db).status, 2, "--stored and --packs exclude each other");
ok(anlao("migrate", "--as", "nobody", "--reason", "x", "--packs", narrow[1], ...db).status !== 0, "an account that is not there may not");
finish();
