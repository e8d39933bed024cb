// editor-words.mjs [--check] — writes what repeats the words of the language from its tables (keywords.def,
// declarations.def, kinds.def): the highlighting grammar of tools/editor, and the fuzzers' dictionary.  With
// --check nothing is written; out of date ends with status 1.
import { readFileSync, writeFileSync } from "node:fs";

const read = (file, pattern) => [...readFileSync(file, "utf8").matchAll(pattern)].map((m) => m[1]);
const words = read("src/declare/keywords.def", /^WORD\(\w+, "(\w+)"\)/gm);
const declarations = read("src/declare/declarations.def", /^DECLARATION\(\w+, "(\w+)"/gm);
const kinds = read("src/data/kinds.def", /^KIND\(\w+, "(\w+)"/gm);
const units = read("src/declare/lexer.c", /^\s*\{\{"(\w+)", \d+\}, MEASURE_/gm);

const unknown = declarations.filter((d) => !words.includes(d));
if (words.length === 0 || declarations.length === 0 || kinds.length === 0 || units.length === 0 || unknown.length > 0) {
  console.error(`tools/editor-words.mjs: error: the tables of the language are not as they were (${unknown})`);
  process.exit(1);
}

const any = (list) => `\\b(?:${[...list].sort().join("|")})\\b`;
const grammar = {
  name: "Anlao",
  scopeName: "source.anlao",
  patterns: ["comment", "text", "declaration", "date", "region", "number", "call", "keyword", "type", "operator"]
    .map((name) => ({ include: `#${name}` })),
  repository: {
    comment: { name: "comment.line.number-sign.anlao", match: "#.*$" },
    text: {
      name: "string.quoted.double.anlao", begin: "\"", end: "\"|$",
      patterns: [{ name: "constant.character.escape.anlao", match: "\\\\[\"\\\\]" },
        { name: "variable.other.anlao", match: "\\{[^}\"]*\\}" }],
    },
    declaration: {
      match: `^(${any(declarations)})(?:\\s+([a-z][a-z0-9_]*(?:\\.[a-z][a-z0-9_]*)?))?`,
      captures: { 1: { name: "keyword.declaration.anlao" }, 2: { name: "entity.name.type.anlao" } },
    },
    date: { name: "constant.numeric.date.anlao", match: "\\b\\d{4}-\\d{2}(?:-\\d{2})?\\b|\\b\\d{2}-\\d{2}\\b" },
    region: { name: "constant.other.region.anlao", match: "\\b\\d+[A-Z][0-9A-Z]*\\b" },
    number: {
      match: `\\b(\\d+(?:\\.\\d+)?)(?:\\s*(%|${any(units)}))?`,
      captures: { 1: { name: "constant.numeric.anlao" }, 2: { name: "keyword.other.unit.anlao" } },
    },
    call: { match: "\\b([a-z][a-z0-9_]*)(?=\\()", captures: { 1: { name: "entity.name.function.anlao" } } },
    keyword: { name: "keyword.control.anlao", match: any(words) },
    type: { name: "storage.type.anlao", match: any(kinds.filter((k) => !words.includes(k))) },
    operator: { name: "keyword.operator.anlao", match: "->|\\.\\.|!=|<=|>=|[=<>+*/|-]" },
  },
};

// What expressions are made of besides words.
const functions = read("src/declare/expr_call.c", /^\s*\{"(\w+)", \d+, \d+, call_/gm);
const signs = ["!=", "<=", ">=", "..", "->", " = ", " + ", " * ", " / ", " { ", " }", "(", ")", "[", "]", ": ", "; ", "\\x0A",
  "1 yuan", "0.5 yuan", "30%", "12 months", "2020-06-15", "2020-06", "12-31", "360302", "| --- |", "| ", "\\\"x\\\""];
const dictionary = ["# Words of the language, for libFuzzer; written by tools/editor-words.mjs.",
  ...[...new Set([...words, ...kinds, ...units, ...functions])].sort().map((w) => `" ${w} "`),
  ...signs.map((s) => `"${s}"`)].join("\n") + "\n";

const files = [["tools/editor/syntaxes/anlao.tmLanguage.json", JSON.stringify(grammar, null, 2) + "\n"],
  ["fuzz/language.dict", dictionary]];
let status = 0;
for (const [path, made] of files) {
  if (process.argv[2] !== "--check") {
    writeFileSync(path, made);
    continue;
  }
  let now = "";
  try {
    now = readFileSync(path, "utf8");
  } catch { /* not there: out of date */ }
  if (now !== made) {
    console.error(`${path}: error: its words are not those of the language; run node tools/editor-words.mjs`);
    status = 1;
  }
}
process.exit(status);
