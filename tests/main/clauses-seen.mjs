// clauses-seen.mjs — docs/clauses-seen.tsv: what each clause asks of software, read clause by clause, and where a user
// sees it.  What it names stands under that clause and runs; nothing that waits is called whole, nothing that runs a part.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { json, ok, is, finish, root } from "./tap.mjs";

const PAGES = /^\/[a-z0-9:/-]+( \/[a-z0-9:/-]+)*$/;
const LEAST_WHOLE = 443;

const table = (path) => {
  const [head, ...lines] = readFileSync(join(root, path), "utf8").trimEnd().split("\n").map((l) => l.split("\t"));
  return lines.map((l) => Object.fromEntries(head.map((h, i) => [h, l[i] ?? ""])));
};
const rows = table("docs/clauses-seen.tsv");
const key = (r) => `${r.doc ?? r.document} ${r.clause}`;
is(rows.map(key).join("\n"), table("tests/packs/clauses.tsv").map(key).join("\n"), "each clause once, in the order of the documents");

const cover = json("cover", "--clauses", join(root, "tests/packs/clauses.tsv"));
const clauses = new Map(cover.clauses.map((c) => [key(c), c]));
const kinds = new Map(cover.kinds.map((k) => [k.kind, k]));
const names = (text) => text.split("; ").filter((n) => n !== "");
const waits = (c) => c.by.filter((by) => !c.seen.includes(by))
  .filter((by) => { const k = kinds.get(by.split(" ")[0]); return k.seen === "not" && !["delegate", "leave", "nothing"].includes(k.kind); });

const faults = (what) => rows.flatMap((r) => what(r, clauses.get(key(r))).map((f) => `${key(r)}: ${f}`));
is(faults((r, c) => names(r.see).filter((n) => !c?.seen.includes(n))).join("\n"), "", "what a row names stands under its clause and can be seen");
is(faults((r) => (names(r.see).length === 0 || !PAGES.test(r.where) ? [r.where] : [])).join("\n"), "", "each row says by what and on which page");
is(faults((r, c) => (r.state === "whole" ? waits(c) : [])).join("\n"), "", "nothing called whole waits for anything");
is(faults((r, c) => (r.state === "part" && (r.lacks === "" || waits(c).length === 0) ? ["is whole now: say so"] : [])).join("\n"), "",
  "what is called a part says what it lacks, and lacks it");
is(faults((r) => (["whole", "part"].includes(r.state) ? [] : [r.state])).join(), "", "a row is whole or a part");

// What stands elsewhere in the documents of the place.
const everywhere = new Set(readdirSync(join(root, "packs"), { recursive: true }).filter((f) => f.endsWith(".md"))
  .flatMap((f) => [...readFileSync(join(root, "packs", f), "utf8").matchAll(/^(task|check|procedure|entity) ([a-z0-9_]+)/gm)].map((m) => `${m[1]} ${m[2]}`)));
is(faults((r) => names(r.also).filter((n) => !everywhere.has(n))).join("\n"), "", "what it names elsewhere is declared");

const whole = rows.filter((r) => r.state === "whole").length;
ok(whole >= LEAST_WHOLE, `${whole} clauses are whole, of ${rows.length}`);
finish();
