// original-words.mjs — our documents say what the originals say in words of our own: no run of more than
// fifteen Chinese characters in packs/ may be one of theirs, names of documents, of papers and of places
// aside (tests/packs/original-names.txt).
//
// The originals are no part of the repository.  tests/packs/original-words.txt holds, of each run of sixteen
// Chinese characters of the five originals, the first 48 bits of its SHA-256, sorted, in base64; it was
// made by
//     node tools/original-words.mjs --make FOLDER_OF_ORIGINALS
// Only Chinese characters count: blanks, line ends, digits and punctuation between them are skipped.  Of
// ours, what parts one thing from the next ends a run: letters, quotes, bars, marks of a heading or a
// quotation, an empty line.  That some other sixteen characters have the same 48 bits by chance has a
// probability of about one in a hundred thousand.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const RUN = 16;
const BYTES = 6;
const list = "tests/packs/original-words.txt";
const names = "tests/packs/original-names.txt";

const chinese = /[\u3400-\u9fff]/;
const parts = /[A-Za-z"|#>`]|\n[ \t]*\n/;

const digest = (run) => createHash("sha256").update(run).digest().subarray(0, BYTES).toString("hex");

// Runs of Chinese characters with the offset of each in the text.
function* runs(text, ends) {
  let word = [];
  for (const [piece] of text.matchAll(/\n[ \t]*\n|[\s\S]/g)) {
    if (chinese.test(piece)) word.push(piece);
    else if (ends && parts.test(piece) && word.length > 0) {
      yield word;
      word = [];
    }
  }
  if (word.length > 0) yield word;
}

function* windows(word) {
  for (let i = 0; i + RUN <= word.length; i++) yield word.slice(i, i + RUN).join("");
}

function make(folder) {
  const all = new Set();
  for (const name of readdirSync(folder).sort())
    for (const word of runs(readFileSync(join(folder, name), "utf8"), false))
      for (const window of windows(word)) all.add(digest(window));
  const bytes = Buffer.from([...all].sort().join(""), "hex").toString("base64");
  const head = `# ${all.size} runs of ${RUN} Chinese characters of the originals, ${8 * BYTES} bits each; see tools/original-words.mjs\n`;
  writeFileSync(list, head + bytes.replace(/.{1,96}/g, "$&\n"));
}

const lines = (file) => readFileSync(file, "utf8").split("\n").filter((line) => line !== "" && !line.startsWith("#"));

function* documents(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* documents(path);
    else if (path.endsWith(".md")) yield path;
  }
}

function known() {
  const bytes = Buffer.from(lines(list).join(""), "base64").toString("hex");
  return new Set(bytes.match(new RegExp(`.{${2 * BYTES}}`, "g")));
}

// The longest runs of the text that stand in an original.
function* copied(text, theirs, allowed) {
  for (const word of runs(text, true)) {
    let run = "";
    for (const window of windows(word)) {
      const same = theirs.has(digest(window)) && !allowed.has(window);
      if (same) run = run === "" ? window : run + window.at(-1);
      else if (run !== "") {
        yield run;
        run = "";
      }
    }
    if (run !== "") yield run;
  }
}

function check() {
  const theirs = known();
  const allowed = new Set();
  for (const name of lines(names)) for (const word of runs(name, false)) for (const window of windows(word)) allowed.add(window);
  let faults = 0;
  let files = 0;
  for (const path of documents("packs")) {
    files++;
    for (const run of copied(readFileSync(path, "utf8"), theirs, allowed)) {
      console.error(`${path}: error: ${run.length} characters as in an original: ${run}`);
      faults++;
    }
  }
  console.log(`${files} documents, ${theirs.size} runs of the originals, ${faults} copied`);
  return faults > 0 || theirs.size < 20000 ? 1 : 0;
}

if (process.argv[2] === "--make") make(process.argv[3]);
else process.exitCode = check();
