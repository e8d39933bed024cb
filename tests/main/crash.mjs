// crash.mjs — kill -9 during an import: afterwards the database verifies, and the import is whole or never began.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { anlao, json, ok, is, finish, folder, program, root, database, where, onPostgres } from "./tap.mjs";

const db = ["--db", database("crash")];
is(anlao("init", "--place", "360300", "--demo", ...db).status, 0, "a database to be hurt");
const rows = onPostgres ? 3000 : 20000;
const file = join(folder, "many.csv");
let text = "file_no,name,born,residence\n";
for (let i = 0; i < rows; i++) text += `K${i},测${i % 100},19${30 + (i % 25)}-0${1 + (i % 9)}-1${i % 9},360302101\n`;
writeFileSync(file, text);

const full = Date.now();
const sample = json("import", "elder", file, "--made-up", "--db", db[1]);
const took = Date.now() - full;
is(sample.accepted, rows, "undisturbed, the import takes every row");

for (const share of onPostgres ? [0.3, 0.6, 0.9] : [0.15, 0.4, 0.6, 0.8, 0.95]) {
  const other = ["--db", database(`crash-${share}`)];
  anlao("init", "--place", "360300", "--demo", ...other);
  const child = spawn(program, ["import", "elder", file, "--made-up", ...other], { env: { ...process.env, ANLAO_HOME: root }, stdio: "ignore", cwd: where });
  const gone = new Promise((done) => child.on("exit", done)); // it may end before it is killed
  await wait(took * share);
  child.kill("SIGKILL");
  await gone;
  const verified = json("verify", ...other);
  is(verified.ok, true, `killed after ${Math.round(share * 100)} % of the time, the database verifies`);
  const again = json("import", "elder", file, "--made-up", ...other);
  const known = again.changed + (again.unchanged ?? 0);
  ok(again.accepted === rows || again.accepted === 0, "the import had been finished or never begun",
    JSON.stringify({ accepted: again.accepted, known }));
}
finish();
