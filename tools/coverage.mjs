// coverage.mjs [--check] — writes docs/coverage.md: clause by clause, what makes it run and where a user
// sees it, as `anlao cover --json` says.  With --check nothing is written; out of date ends with status 1.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const anlao = process.env.ANLAO ?? "build/anlao";
const list = "tests/packs/clauses.tsv";
const page = "docs/coverage.md";

function cover() {
  const done = spawnSync(anlao, ["cover", "--clauses", list, "--json"], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.status > 1 || !done.stdout.startsWith("{")) {
    process.stderr.write(done.stderr);
    process.exit(done.status || 3);
  }
  return JSON.parse(done.stdout);
}

// A bar would end the cell.
const cell = (text) => (text ?? "").replaceAll("|", "\\|");
const kindOf = (by) => by.slice(0, by.indexOf(" "));

// A clause without a heading of its number has no title.
const titleOf = (c) => (c.title_en === c.title_zh ? cell(c.title_zh) : `${cell(c.title_zh)} / ${cell(c.title_en)}`);

// "benefit winter_aid, check four_steps": each kind once.
function grouped(items) {
  const kinds = new Map();
  for (const by of items) {
    const kind = kindOf(by);
    kinds.set(kind, [...(kinds.get(kind) ?? []), by.slice(kind.length + 1)]);
  }
  return [...kinds].map(([kind, names]) => `${kind} ${names.map((n) => `\`${n}\``).join(", ")}`).join("; ");
}

// What stands under a running clause and waits: leave to set, or an author's "nothing to run", asks for nothing.
function waiting(clause, kinds) {
  return clause.by.filter((by) => !clause.seen.includes(by)).map((by) => kinds.get(kindOf(by)))
    .filter((k) => k.seen === "not" && k.kind !== "leave" && k.kind !== "delegate" && k.kind !== "nothing");
}

function where(clause, kinds) {
  const items = clause.state === "running" ? clause.seen : clause.by;
  const all = [...new Set(items.map(kindOf))].map((k) => kinds.get(k));
  const direct = all.filter((k) => k.seen === "itself" || k.seen === "aimed");
  const seen = direct.length > 0 ? direct : all;
  const address = (k) => k.address.replace(":document", clause.document);
  if (clause.state === "running") {
    const waits = waiting(clause, kinds).map((k) => `*in part: ${k.sees_en}*`);
    return [...new Set([...seen.map((k) => `${k.sees_en} (\`${address(k)}\`)`), ...waits])].join("; ");
  }
  const waits = { read: "until something that is seen reads it", with: "until what it changes is seen",
    aimed: "until a target measures it, or duties have a list" };
  return clause.by.length === 0 ? "" : [...new Set(seen.map((k) => waits[k.seen] ?? k.sees_en))].join("; ");
}

function documentPart(d, data, kinds) {
  const rows = data.clauses.filter((c) => c.document === d.document);
  const lines = rows.map((c) => `| ${cell(c.clause)} | ${titleOf(c)} `
    + `| ${c.state} | ${cell(grouped(c.state === "running" ? c.seen : c.by))} | ${cell(where(c, kinds))} |`);
  return [`## ${d.document}`, "",
    `${d.clauses} clauses: ${d.running} running (${rows.filter((c) => c.state === "running" && waiting(c, kinds).length > 0).length} in part), `
      + `${d.declared} declared, ${d.missing} missing.`, "",
    "| clause | title | state | by | a user sees |", "| --- | --- | --- | --- | --- |", ...lines, ""];
}

function write(data) {
  const kinds = new Map(data.kinds.map((k) => [k.kind, k]));
  const there = data.documents.filter((d) => d.there);
  const absent = data.documents.filter((d) => !d.there).map((d) => d.document);
  const parts = there.flatMap((d) => documentPart(d, data, kinds));
  return ["# Coverage of the documents, clause by clause", "",
    "Made by `make coverage` from the documents in `packs/` and the clause numbers in `tests/packs/clauses.tsv`; not edited by hand.",
    "*Running*: something a user can observe comes of what stands under the clause; *in part*: something else under it still waits. *Declared*: it compiles, and nothing comes of",
    "it yet. *Missing*: nothing stands there. Which kinds of declaration have an effect is one table, `src/care/observable.def`.", "",
    ...(absent.length > 0 ? [`Not in the packs yet: ${absent.join(", ")}.`, ""] : []), ...parts].join("\n").trimEnd() + "\n";
}

const made = write(cover());
if (process.argv[2] !== "--check") {
  writeFileSync(page, made);
} else {
  let now = "";
  try {
    now = readFileSync(page, "utf8");
  } catch { /* not there: out of date */ }
  if (now !== made) {
    const before = new Set(now.split("\n"));
    console.error(`${page}: error: out of date; run make coverage`);
    console.error(made.split("\n").filter((l) => !before.has(l)).slice(0, 10).map((l) => `+ ${l}`).join("\n"));
    process.exit(1);
  }
}
