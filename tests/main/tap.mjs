// tap.mjs — TAP lines, temporary folders and the program under test, for the tests of whole commands.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const [program, root] = process.argv.slice(2);
let count = 0, failed = 0;

export function ok(holds, what, detail = "") {
  count++;
  if (!holds) failed++;
  console.log(`${holds ? "ok" : "not ok"} ${count} - ${what}`);
  if (!holds && detail !== "") console.log(String(detail).split("\n").map((l) => `# ${l}`).join("\n"));
}
export function is(got, wanted, what) {
  ok(got === wanted, what, `got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
}
export function finish() {
  console.log(`1..${count}`);
  process.exit(failed > 0 ? 1 : 0);
}
export const folder = mkdtempSync(join(tmpdir(), "anlao-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

// A database for the test: a file, or one of the PostgreSQL at $ANLAO_POSTGRES where $ANLAO_STORE says so.
export const onPostgres = process.env.ANLAO_STORE === "postgresql";
const sql = (text) => spawnSync("psql", ["-qX", process.env.ANLAO_POSTGRES, "-c", text], { encoding: "utf8" });
export function database(name) {
  if (!onPostgres) return `sqlite:${join(folder, `${name}.db`)}`;
  const own = `t_${process.pid}_${name.replace(/\W/g, "_")}`;
  const made = sql(`CREATE DATABASE ${own} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
  if (made.status !== 0) throw new Error(made.stderr);
  process.on("exit", () => sql(`DROP DATABASE ${own} WITH (FORCE)`));
  return process.env.ANLAO_POSTGRES.replace("/postgres?", `/${own}?`);
}
// SQL by hand, behind the program's back.
export function tamper(uri, text) {
  const done = onPostgres ? spawnSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", uri, "-c", text], { encoding: "utf8" })
    : spawnSync("sqlite3", [uri.replace("sqlite:", ""), text], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
}
// An import as a process leaves it that dies behind its last chunk: row 5 was left out because of "abc", and nobody was told.
let lefts = 7000;
export function importLeft(uri, state = 2, owner = "") {
  const why = "0003616263", id = ++lefts;
  tamper(uri, `INSERT INTO import(id,name,owner,state,staged,applied,refused) VALUES(${id},'left.csv','${owner}',${state},9,9,1);
    INSERT INTO import_row(import,n,change) VALUES(${id},4,${onPostgres ? `'\\x${why}'` : `x'${why}'`})`);
}
export const leftTold = /note: import "left.csv" was interrupted and is finished; rows were left out: row 5: abc/;
// Where commands run: the key of a server's database lies in the current folder.
export const where = onPostgres ? folder : process.cwd();
// Runs a command; its output as text, its status.
export function anlao(...args) {
  const done = spawnSync(program, args, {
    encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, ANLAO_HOME: root }, input: "", cwd: where,
  });
  return { status: done.status, out: done.stdout, err: done.stderr };
}
// The same with --json, read; a failure is a failed test.
export function json(...args) {
  const done = anlao(...args, "--json");
  try {
    return { status: done.status, ...JSON.parse(done.out) };
  } catch {
    ok(false, `anlao ${args.join(" ")} prints JSON`, `status ${done.status}\n${done.err}\n${done.out.slice(0, 500)}`);
    return { status: done.status };
  }
}
