#!/usr/bin/env node
// diagnoses.mjs — every diagnosis has both languages: each sentence that the code gives to diag_error(),
// diag_warning() or diag_hint() stands in src/base/diagnoses.def, each sentence there is still said by the code, and
// its Chinese has places for the same arguments.  Status 1: it is not so.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const table = ["diagnoses.def", "diagnoses_named.def"].map((name) => readFileSync(join(root, "src/base", name), "utf8")).join("\n");
// Said to those who load files or write templates, by commands of their own; or words of documents.
const others = new Set(["", "%s", "%.*s: %s", "=", "has", "s", "es", "an ", "distinct ", "because \\\"…\\\""]);
const folders = ["base", "declare", "care", "main"], notOfDocuments = new Set(["load_csv.c", "cases.c", "cases_print.c", "cmd_run.c", "run.c", "suppose.c"]);
let faults = 0;
const fault = (text) => { faults++; console.error(text); };

const said = new Map();
for (const [, kind, english, chinese] of table.matchAll(/^(SAID|PIECES)\("((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\)/gm)) {
  if (said.has(english)) fault(`twice: ${english}`);
  said.set(english, { kind, chinese });
}

// The strings of a C text; what stands side by side is one.
function strings(text) {
  const found = [], one = /"((?:[^"\\\n]|\\.)*)"/g;
  let end = -1;
  for (let m; (m = one.exec(text)) !== null; end = one.lastIndex) {
    if (end >= 0 && /^\s*$/.test(text.slice(end, m.index))) found[found.length - 1] += m[1];
    else found.push(m[1]);
  }
  return found;
}

// What stands between the bracket at `from` and its end.
function inside(text, from) {
  let depth = 1, at = from;
  for (; depth > 0 && at < text.length; at++) {
    if (text[at] === '"') for (at++; text[at] !== '"'; at++) at += text[at] === "\\" ? 1 : 0;
    else if (text[at] === "'") { at += text[at + 1] === "\\" ? 3 : 2; }
    else depth += (text[at] === "(") - (text[at] === ")");
  }
  return text.slice(from, at - 1);
}

const all = new Set();
for (const folder of folders) {
  for (const name of readdirSync(join(root, "src", folder))) {
    if (!/\.(c|h|y|re|def)$/.test(name) || name.startsWith("diagnoses")) continue;
    const text = readFileSync(join(root, "src", folder, name), "utf8");
    for (const s of strings(text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^#include.*$/gm, ""))) all.add(s);
    if (notOfDocuments.has(name)) continue;
    for (const call of text.matchAll(/\bdiag_(?:error|warning|hint)\(/g))
      for (const s of strings(inside(text, call.index + call[0].length)))
        if (!said.has(s) && !others.has(s)) fault(`${folder}/${name}: no Chinese for "${s}"`);
  }
}

for (const [english, { kind, chinese }] of said) {
  const arguments_ = [...english.matchAll(/%(?!%)[.*0-9lz]*[a-zA-Z]/g)].length;
  const places = [...chinese.matchAll(/\{(\d)\}/g)].map((m) => Number(m[1]));
  // %zu index%s: the Chinese has no plural, so that one argument is left out.
  const plural = [...english.matchAll(/(?<=[a-z])%s/g)].length;
  if (places.some((p) => p < 1 || p > arguments_)) fault(`a place without an argument: ${chinese}`);
  if (new Set(places).size < arguments_ - plural) fault(`an argument without a place: ${chinese}`);
  if (!/[^\x00-\x7f]/.test(chinese)) fault(`no Chinese: ${chinese}`);
  if (kind === "SAID" && !all.has(english)) fault(`nobody says: ${english}`);
}
if (faults > 0) process.exit(1);
console.log(`${said.size} sentences and phrases in both languages`);
