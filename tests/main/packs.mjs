// packs.mjs — the Pingxiang document against its source: every clause has a heading, in both languages.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ok, is, finish, root } from "./tap.mjs";

const text = readFileSync(join(root, "packs/places/pingxiang-2020.md"), "utf8");
const rows = readFileSync(join(root, "tests/packs/clauses.tsv"), "utf8").trim().split("\n").map((l) => l.split("\t"));
const wanted = rows.filter((r) => r[0] === "pingxiang-2020").map((r) => r[1]);
const headings = [...text.matchAll(/^#+ (\S+) (.*)$/gm)].map((m) => ({ number: m[1], title: m[2] }));
const have = new Set(headings.map((h) => h.number));
is(wanted.length, 175, "175 clauses were counted in the source");
const missing = wanted.filter((c) => !have.has(c));
ok(missing.length === 0, "each has a heading with its number", missing.join(" "));
is(have.size, headings.length, "no number stands twice");
const oneLanguage = headings.filter((h) => !/ \/ /.test(h.title)).map((h) => h.number);
ok(oneLanguage.length === 0, "each title is Chinese and English", oneLanguage.join(" "));
const sections = text.split(/^#+ /m).slice(1);
const noEnglish = sections.filter((s) => !/^> /m.test(s)).map((s) => s.split(/\s/)[0]).filter((n) => wanted.includes(n));
ok(noEnglish.length === 0, "each clause is restated in English too", noEnglish.join(" "));
finish();
