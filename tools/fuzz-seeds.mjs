// fuzz-seeds.mjs FOLDER — what a fuzzer begins with beside fuzz/corpus: pieces of the documents in packs/.
// FOLDER/document: whole short documents, and each clause of the long ones as a document of its own;
// FOLDER/expression: what follows when, pay, require and =, where such an expression stands;
// FOLDER/table: each Markdown table behind each declaration; FOLDER/csv: the same tables as CSV.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const to = process.argv[2];
const LONG = 8000; // bytes; longer inputs make a fuzzer slow

function* documents(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* documents(path);
    else if (path.endsWith(".md")) yield readFileSync(path, "utf8");
  }
}

const seen = new Set();
function keep(target, text) {
  if (Buffer.byteLength(text) > LONG) return;
  const name = createHash("sha1").update(text).digest("hex").slice(0, 16);
  if (seen.has(target + name)) return;
  seen.add(target + name);
  mkdirSync(join(to, target), { recursive: true });
  writeFileSync(join(to, target, name), text);
}

const head = "---\ndocument: d\ntitle: x\nlayer: model\nin force: 2020-01-01\n---\n\n";
const places = { when: "l", pay: "p", require: "r", "=": "y" };

function expressions(block) {
  for (const [, word, text] of block.matchAll(/(?:^|\s)(when|pay|require|=)\s+([^\n{}]+)/g))
    for (const place of places[word]) keep("expression", place + text);
}

const cells = (row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
const quoted = (cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function tables(text) {
  for (const [table] of text.matchAll(/(?:^\|.*\|\n)+/gm)) {
    for (let kind = 1; kind <= 7; kind++) keep("table", kind + table);
    const rows = table.trim().split("\n").filter((row) => !/^\|[\s|:-]*$/.test(row));
    keep("csv", rows.map((row) => cells(row).map(quoted).join(",") + "\n").join(""));
  }
}

for (const text of documents("packs")) {
  keep("document", text);
  const body = text.slice(text.indexOf("\n---\n", 4) + 5);
  for (const clause of body.split(/^(?=#)/m)) keep("document", head + clause);
  for (const [, block] of text.matchAll(/```anlao\n([\s\S]*?)```/g)) expressions(block);
  tables(text);
}
console.log(`${seen.size} pieces of documents to begin with`);
