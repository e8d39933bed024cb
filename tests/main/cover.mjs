// cover.mjs — anlao cover as a command: the five documents' clause numbers, and files that are wrong.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, root } from "./tap.mjs";

const list = join(root, "tests/packs/clauses.tsv");
const all = json("cover", "--clauses", list);
is(all.clauses.length, 443, "443 clauses of five documents are covered");
is(all.documents.length, 5, "five documents");
const pingxiang = all.documents.find((d) => d.document === "pingxiang-2020");
is(pingxiang.clauses, 175, "175 of them of the Pingxiang plan");
is(pingxiang.missing, 0, "none of the Pingxiang plan is missing");
ok(all.documents.every((d) => d.running + d.declared + d.missing === d.clauses), "each document's states add up");
is(all.status, all.clauses.some((c) => c.state === "missing") ? 1 : 0, "status 1 as long as one is missing");
ok(all.clauses.every((c) => c.state !== "running" || c.seen.length > 0), "what runs says by what");
ok(all.clauses.every((c) => c.seen.every((s) => c.by.includes(s))), "and that stands under its heading");
ok(all.clauses.every((c) => (c.state === "missing") === (c.by.length === 0)), "missing is where nothing stands");

// By hand: a benefit runs; a duty runs by the reports of the offices that lead it.
const state = (clause) => all.clauses.find((c) => c.document === "pingxiang-2020" && c.clause === clause);
ok(state("二(六)16e").by.includes("benefit operating_subsidy"), "the operating subsidy stands under 二(六)16e");
is(state("二(六)16e").state, "running", "and runs");
const cut = all.clauses.find((c) => c.document === "wenshan-2021" && c.clause === "三(一)");
is(cut.seen.join(), "duty leadership", "leadership: a duty on which its offices report");

const one = json("cover", "pingxiang-2020", "--clauses", list);
is(one.status, 0, "a document without a missing clause ends with 0");
is(one.clauses.length, 175, "only the named document");
const human = anlao("cover", "--clauses", list);
ok(/^document +clauses +running +declared +missing\npingxiang-2020 +175 /.test(human.out), "totals come first", human.out.slice(0, 300));
ok(/\nall +443 /.test(human.out), "and their sum");

// ---- files that are wrong
let n = 0;
function wrong(bytes, words, what, ...more) {
  const path = join(folder, `clauses-${n++}.tsv`);
  writeFileSync(path, bytes);
  const done = anlao("cover", ...more, "--clauses", path);
  ok(done.status === 1 && words.test(done.err), what, `status ${done.status}: ${done.err.slice(0, 400)}`);
}
wrong("", /empty|no/, "an empty file");
wrong("doc\tclause\n", /lists no clauses/, "a header alone");
wrong("doc\tnumber\npingxiang-2020\t1\n", /no column "clause"/, "no column clause");
wrong("document\tclause\npingxiang-2020\t1\n", /no column "doc"/, "no column doc");
wrong("doc\tclause\tdoc\nx\t1\ty\n", /more than one column "doc"/, "a column twice");
wrong("doc\tclause\nx\t1\nx\t2\nx\t1\n", /clauses-\d+\.tsv:4: clause 1 of x stands twice/, "a clause twice, with its line");
wrong("doc\tclause\nx\t\n", /:2: a row needs a document and a clause/, "a row without a clause");
wrong("doc\tclause\nx\t1\n", /no clause of a document "y"/, "a document the file does not have", "y");
wrong(Buffer.from([0x64, 0x6f, 0x63, 0x09, 0x63, 0x6c, 0xff, 0xff, 0x0a, 0xff, 0x00, 0xff]), /byte|text|encoding/, "bytes that are no text");
wrong("doc\tclause\n" + Array.from({ length: 100001 }, (_, i) => `x\t${i}\n`).join(""), /more than 100000 clauses/, "more clauses than anybody has"); // LIMIT_CLAUSES
wrong("doc\tclause\n\"x\t1\n", /quote/, "a quote that is not closed");
const absent = anlao("cover", "--clauses", join(folder, "none.tsv"));
ok(absent.status !== 0 && /none\.tsv/.test(absent.err), "a file that is not there", absent.err);
is(anlao("cover").status, 2, "no file named is wrong usage");

// ---- files that are only different
const other = join(folder, "other.csv");
writeFileSync(other, "﻿clause,doc\r\n二(六)16e,pingxiang-2020\r\n一(一),pingxiang-2020\r\nz,nobody-2024\r\n");
const told = json("cover", "--clauses", other);
is(told.clauses.map((c) => c.state).join(" "), "running running missing", "commas, CRLF and a mark at the start are read");
is(told.documents.find((d) => d.document === "nobody-2024").there, false, "an unknown document is said to be unknown");
finish();
