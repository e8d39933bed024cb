// lsp.mjs — the language server as a process, asked as an editor asks.
import { spawn } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { program, ok, is, finish, folder, root } from "./tap.mjs";

const packs = join(folder, "packs");
cpSync(join(root, "packs"), packs, { recursive: true });
const file = (name) => join(packs, name);
const uriOf = (name) => pathToFileURL(file(name)).href;

class Editor {
  constructor() {
    this.process = spawn(program, ["lsp", "--stdio"], { env: { ...process.env, ANLAO_HOME: root } });
    this.bytes = Buffer.alloc(0);
    this.messages = [];
    this.waiting = [];
    this.errors = "";
    this.id = 0;
    this.closed = new Promise((done) => this.process.on("close", (status) => done(status)));
    this.process.stderr.on("data", (d) => { this.errors += d; });
    this.process.stdin.on("error", () => {});
    this.process.stdout.on("data", (d) => this.take(d));
  }
  take(data) {
    this.bytes = Buffer.concat([this.bytes, data]);
    for (;;) {
      const end = this.bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.bytes.subarray(0, end).toString())[1]);
      if (this.bytes.length < end + 4 + length) return;
      this.messages.push(JSON.parse(this.bytes.subarray(end + 4, end + 4 + length).toString("utf8")));
      this.bytes = this.bytes.subarray(end + 4 + length);
      this.waiting.forEach((look) => look());
    }
  }
  raw(text) { this.process.stdin.write(text); }
  send(object) {
    const body = Buffer.from(JSON.stringify(object));
    this.raw(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }
  notice(method, params) { this.send({ jsonrpc: "2.0", method, params }); }
  // The first message from now on that fits; undefined after 20 s.
  next(fits) {
    return new Promise((done) => {
      const timer = setTimeout(() => finishLook(undefined), 20000);
      const finishLook = (m) => {
        clearTimeout(timer);
        this.waiting = this.waiting.filter((w) => w !== look);
        done(m);
      };
      const look = () => {
        const i = this.messages.findIndex(fits);
        if (i >= 0) finishLook(this.messages.splice(i, 1)[0]);
      };
      this.waiting.push(look);
      look();
    });
  }
  async ask(method, params) {
    const id = ++this.id;
    this.send({ jsonrpc: "2.0", id, method, params });
    return this.next((m) => m.id === id);
  }
  async start(more = {}) {
    const answer = await this.ask("initialize", { processId: null, rootUri: pathToFileURL(folder).href, capabilities: {}, ...more });
    this.notice("initialized", {});
    return answer;
  }
  open(name, text = readFileSync(file(name), "utf8")) {
    this.notice("textDocument/didOpen", { textDocument: { uri: uriOf(name), languageId: "markdown", version: 1, text } });
    return text;
  }
  diagnostics(name) {
    return this.next((m) => m.method === "textDocument/publishDiagnostics" && m.params.uri === uriOf(name));
  }
  at(name, line, character) { return { textDocument: { uri: uriOf(name) }, position: { line, character } }; }
  async end() {
    const answer = await this.ask("shutdown", null);
    this.notice("exit");
    return { answer, status: await this.closed };
  }
}
// Line and UTF-16 column at which a piece of a text begins.
function find(text, piece, plus = 0) {
  const i = text.indexOf(piece) + plus;
  const before = text.slice(0, i).split("\n");
  return [before.length - 1, before.at(-1).length];
}

// ---- the beginning and the end
{
  const e = new Editor();
  const early = await e.ask("textDocument/hover", {});
  is(early.error?.code, -32002, "a request before initialize is refused");
  e.notice("textDocument/didOpen", { textDocument: { uri: uriOf("model/elder.md"), version: 1, text: "x" } });
  const made = await e.start();
  is(made.result.capabilities.positionEncoding, "utf-16", "positions are UTF-16");
  is(made.result.capabilities.textDocumentSync.change, 2, "changes may be parts");
  ok(["hoverProvider", "definitionProvider", "documentSymbolProvider", "documentFormattingProvider"]
    .every((c) => made.result.capabilities[c] === true) && made.result.capabilities.completionProvider, "it offers what it can");
  is((await e.ask("initialize", {})).error?.code, -32600, "a second initialize is refused");
  is((await e.ask("textDocument/rename", {})).error?.code, -32601, "an unknown request is refused");
  e.notice("$/somethingNew", { a: 1 });
  e.notice("workspace/unheardOf");
  is((await e.ask("textDocument/hover", { textDocument: { uri: "file:///not/open.md" }, position: { line: 0, character: 0 } })).error?.code,
    -32602, "a document that is not open");
  is((await e.ask("textDocument/hover", null)).error?.code, -32602, "a request without params");
  is((await e.ask("textDocument/hover", [1])).error?.code, -32602, "params of another kind");
  const ended = await e.end();
  is(ended.answer.result, null, "shutdown is answered");
  is(ended.status, 0, "exit after shutdown ends with 0");
}
{
  const e = new Editor();
  await e.start();
  e.notice("exit");
  is(await e.closed, 1, "exit without shutdown ends with 1");
}
{
  const e = new Editor();
  await e.start();
  await e.ask("shutdown", null);
  is((await e.ask("textDocument/hover", {})).error?.code, -32600, "after shutdown nothing is served");
  e.process.stdin.end();
  is(await e.closed, 0, "the end of the stream after shutdown");
}
{
  const e = new Editor();
  e.process.stdin.end();
  is(await e.closed, 1, "the end of the stream at once");
}

// ---- streams that are wrong
{
  const e = new Editor();
  await e.start();
  const parse = (m) => m.id === null && m.error?.code === -32700;
  e.raw("Content-Length: x\r\n\r\n");
  ok(await e.next(parse), "a length that is no number");
  e.raw("Content-Type: a\r\n\r\n");
  ok(await e.next(parse), "a header without a length");
  e.raw("Content-Length: 5\r\nContent-Length: 5\r\n\r\n");
  ok(await e.next(parse), "two lengths");
  e.raw("Content-Length: 5\r\n\r\n{\"a\":");
  ok(await e.next(parse), "half a JSON text");
  e.raw(Buffer.concat([Buffer.from("Content-Length: 4\r\n\r\n"), Buffer.from([0x22, 0xff, 0x22, 0x00])]));
  ok(await e.next(parse), "bytes that are no text");
  e.raw(`Content-Length: ${40 << 20}\r\n\r\n`);
  ok(await e.next(parse), "a message longer than any");
  for (let i = 0; i < 40; i++) e.raw(Buffer.alloc(1 << 20, 32));
  e.send([{ jsonrpc: "2.0", id: 7, method: "shutdown" }]);
  is((await e.next((m) => m.id === null && m.error)).error.code, -32600, "its bytes are passed over; a batch is no request");
  e.send({ jsonrpc: "2.0", id: { a: 1 }, method: "shutdown" });
  is((await e.next((m) => m.id === null && m.error)).error.code, -32600, "an id of another kind");
  e.send({ jsonrpc: "2.0", id: 9 });
  e.send({ jsonrpc: "2.0", id: "text", method: "textDocument/none" });
  is((await e.next((m) => m.id === "text")).error?.code, -32601, "an id may be a text; answers to nothing are passed over");
  const body = "{\"jsonrpc\":\"2.0\",\"id\":\"late\",\"method\":\"none\"}";
  e.raw(`X: y\ncontent-length:   ${body.length}\n\n${body}`);
  ok(await e.next((m) => m.id === "late"), "other line ends and headers are read");
  e.raw("x".repeat(5000));
  is(await e.closed, 1, "a header without end ends the server");
}

// ---- a document while it is written
const e = new Editor();
await e.start();
const place = "places/pingxiang-2020.md";
const text = e.open(place);
const clean = await e.diagnostics(place);
is(clean?.params.diagnostics.length, 0, "the saved document is clean");
is(clean?.params.version, 1, "and the version is said");

// An astral sign and Chinese before the mistake: UTF-16 counts the first as two.
const label = "param urban_care_kinds \"城市居家和社区养老服务设施包括\" / \"kinds counted as urban facilities\" : set of facility_kind";
const [line] = find(text, label);
const column = "param urban_care_kinds ".length;
let version = 1;
const change = (range, piece) => e.notice("textDocument/didChange", {
  textDocument: { uri: uriOf(place), version: ++version }, contentChanges: [range ? { range, text: piece } : { text: piece }] });
const span = (l, from, to) => ({ start: { line: l, character: from }, end: { line: l, character: to } });
change(span(line, column + 1, column + 1), "𠮷");
change(span(line, label.length + 2, label.length + 2), "x");
let d = (await e.diagnostics(place)).params.diagnostics.filter((x) => x.severity === 1);
while (d.length === 0) d = (await e.diagnostics(place)).params.diagnostics.filter((x) => x.severity === 1);
ok(d.some((x) => x.range.start.line === line && x.range.start.character === label.indexOf("facility_kind") + 2
  && x.range.end.character === label.length + 3), "the mistake is underlined in UTF-16 units", JSON.stringify(d.slice(0, 2)));
ok(/facility_kindx/.test(d.map((x) => x.message).join()) && /did you mean 'facility_kind'/.test(d.map((x) => x.message).join()),
  "with its hint", JSON.stringify(d[0]));
is(d[0].source, "anlao", "it says who says so");
change(span(line, label.length + 2, label.length + 3), "");
change(span(line, column + 1, column + 3), "");
let last = await e.diagnostics(place);
while (last.params.version < version) last = await e.diagnostics(place);
is(last.params.diagnostics.length, 0, "taken back in parts, all is well again");

// ---- the stack around it
const model = "model/facility.md";
const facility = e.open(model);
e.notice("textDocument/didChange", { textDocument: { uri: uriOf(model), version: 2 },
  contentChanges: [{ text: facility.replaceAll("has_meal_service", "serves_meals") }] });
let other = await e.diagnostics(place);
while (other && other.params.diagnostics.length === 0) other = await e.diagnostics(place);
ok(other?.params.diagnostics.some((x) => /has_meal_service/.test(x.message)), "a change of the model shows in the place's document");
e.notice("textDocument/didClose", { textDocument: { uri: uriOf(model) } });
other = await e.diagnostics(place);
while (other && other.params.diagnostics.length > 0) other = await e.diagnostics(place);
is(other?.params.diagnostics.length, 0, "closed without saving, the file counts again");

// ---- what a word is
const hover = async (piece, plus = 0) => {
  const [l, c] = find(text, piece, plus);
  const answer = await e.ask("textDocument/hover", e.at(place, l, c));
  return answer.result?.contents.value ?? "";
};
let seen = await hover("kind in urban_care_kinds", 10);
ok(/\*\*城市居家和社区养老服务设施包括\*\* \/ kinds counted/.test(seen) && /pingxiang-2020 一\(二\)e 城市设施/.test(seen), "a param: label and clause", seen);
ok(/起效 \/ in force/.test(seen) && /日间照料中心/.test(seen), "and its value today", seen);
seen = await hover("has_meal_service)", 3);
ok(/facility\.has_meal_service/.test(seen) && /bool/.test(seen) && /model-facility/.test(seen), "a field: entity, type, document", seen);
seen = await hover("kind = opened", 8);
ok(/代码 \/ code/.test(seen), "a code", seen);
seen = await hover("indicator elders ", 2);
ok(/指标 \/ indicator/.test(seen), "the word of a declaration says what comes of it", seen);
seen = await hover("param home_aid_amount", 8);
ok(/未设定/.test(seen), "a param without a value says so", seen);
is(await hover("本文是摘要"), "", "prose is nothing");
const [hl, hc] = find(text, "has_meal_service)", 3);
const definition = (await e.ask("textDocument/definition", e.at(place, hl, hc))).result;
is(definition?.uri, uriOf(model), "the definition of a field is in the model's file");
const [fl, fc] = find(facility, "  has_meal_service");
ok(definition.range.start.line === fl && definition.range.start.character === fc + 2, "at its name", JSON.stringify(definition));
const uses = (await e.ask("textDocument/references", { ...e.at(place, ...find(text, "param urban_care_kinds", 8)), context: { includeDeclaration: true } })).result;
is(uses?.length, 1 + (text.match(/\burban_care_kinds\b/g).length - 1), "a param's references: its declaration and each use");

// ---- what may be written
const complete = async (name, source, piece, plus) => {
  const [l, c] = find(source, piece, plus);
  const answer = await e.ask("textDocument/completion", e.at(name, l, c));
  return (answer.result?.items ?? []).map((i) => i.label);
};
const draft = "places/draft.md";
const head = "---\ndocument: draft-2025\ntitle: 草案\nplace: 360300\nlayer: place\nin force: 2025-01-01\nbuilds on: pingxiang-2020\n---\n\n# 1 草案 / Draft\n\n正文 x\n\n```anlao\n";
const lines = "benefit aid \"补\" {\n  for elder\n  every month on last day\n  when economy has any (tekun, ) and residence_kind = u and elder_age > 1\n  pay 5 \n  \n}\n\nexample \"例\" {\n  e = elder { name \"甲\"; economy  }\n  in 2025-01 gives \n}\n\n```\n\n末尾\n";
const draftText = e.open(draft, head + lines);
await e.diagnostics(draft);
const has = (list, ...words) => words.every((w) => list.includes(w));
let list = await complete(draft, draftText, "(tekun, ", 8);
ok(has(list, "tekun", "dibao") && list.indexOf("dibao") < 6, "codes in a list behind has any", list.slice(0, 8).join());
list = await complete(draft, draftText, "residence_kind = u", 18);
ok(has(list, "urban", "rural") && list.indexOf("urban") < 4, "codes behind =", list.slice(0, 8).join());
list = await complete(draft, draftText, "  pay 5 ", 8);
ok(has(list, "yuan", "m2", "months"), "units behind a number", list.slice(0, 8).join());
list = await complete(draft, draftText, "  pay 5 \n  ", 11);
ok(has(list, "round", "alike", "fund", "when") && !list.includes("cure_") && !list.includes("entity"), "what may stand in a benefit", list.join());
list = await complete(draft, draftText, "economy  }", 8);
ok(list.indexOf("tekun") >= 0 && list.indexOf("tekun") < 6, "codes of a fact in an example", list.slice(0, 8).join());
list = await complete(draft, draftText, "gives ", 6);
ok(has(list, "aid", "old_age_right"), "rules an example may name", list.join());
list = await complete(draft, draftText, "  when ", 7);
ok(has(list, "economy", "elder_age", "age", "not", "known") || has(list, "economy", "elder_age", "age", "not"), "fields, params and functions in a condition", list.slice(0, 12).join());
list = await complete(draft, draftText, "\n}\n\nexample", 3);
ok(has(list, "benefit", "param", "check", "target", "example"), "declarations at the start of a line", list.slice(0, 20).join());
is((await complete(draft, draftText, "正文 x", 4)).length, 0, "nothing in prose");
is((await complete(draft, draftText, "\"补\"", 2)).length, 0, "nothing in a text");
is((await complete(draft, draftText, "末尾", 1)).length, 0, "nothing behind the block");
const dotted = draftText.replace("elder_age > 1", "latest assessment.level = severe and born.x and count(stay where facility.");
e.notice("textDocument/didChange", { textDocument: { uri: uriOf(draft), version: 2 }, contentChanges: [{ text: dotted }] });
list = await complete(draft, dotted, "where facility.", 15);
ok(has(list, "region", "kind", "ownership"), "fields behind a dot, though the block is broken", list.slice(0, 8).join());
list = await complete(draft, dotted, "latest assessment.", 18);
ok(has(list, "level", "valid_until"), "fields of the records that are counted", list.slice(0, 8).join());
is((await complete(draft, dotted, "born.", 5)).length, 0, "nothing behind what is no reference");

// ---- the outline, and the layout
const symbols = (await e.ask("textDocument/documentSymbol", { textDocument: { uri: uriOf(place) } })).result;
is(symbols.map((s) => s.name).slice(0, 2).join(), "一 总体要求,二 主要任务", "the outline is the document's headings");
const leaf = (all, name) => all.flatMap((s) => [s, ...(s.children ? s.children.flatMap((x) => leafs(x)) : [])]).find((s) => s.name === name);
const leafs = (s) => [s, ...(s.children ?? []).flatMap(leafs)];
const found = leaf(symbols, "param urban_care_kinds");
ok(found && found.selectionRange.start.line === line, "with the declarations under them", JSON.stringify(found));
ok(leafs({ children: symbols }).slice(1).every((s) => s.range.start.line <= s.selectionRange.start.line && s.range.end.line >= s.selectionRange.end.line),
  "each name lies in its range");
is((await e.ask("textDocument/formatting", { textDocument: { uri: uriOf(place) }, options: {} })).result.length, 0, "a document that is laid out needs no edit");
const ugly = head + "param  a_param \"甲\" : money=5 yuan\n```\n\n𠮷 末尾\n";
e.notice("textDocument/didChange", { textDocument: { uri: uriOf(draft), version: 3 }, contentChanges: [{ text: ugly }] });
const [edit] = (await e.ask("textDocument/formatting", { textDocument: { uri: uriOf(draft) }, options: {} })).result;
is(edit.newText, "param a_param \"甲\" : money = 5 yuan\n", "an edit holds the changed lines only");
ok(edit.range.start.line === 14 && edit.range.end.line === 15 && edit.range.start.character === 0, "at their place", JSON.stringify(edit.range));
e.notice("textDocument/didChange", { textDocument: { uri: uriOf(draft), version: 4 }, contentChanges: [{ text: ugly.replace("money", "") }] });
is((await e.ask("textDocument/formatting", { textDocument: { uri: uriOf(draft) }, options: {} })).result.length, 0, "what does not parse is left alone");

// ---- positions outside, other files, closing
e.notice("textDocument/didChange", { textDocument: { uri: uriOf(draft), version: 5 },
  contentChanges: [{ range: { start: { line: 99999, character: 99999 }, end: { line: 0, character: 0 } }, text: head },
    { range: { start: { line: 99999, character: 5 }, end: { line: 99999, character: 9 } }, text: "param b_param : money = 1 yuan\n```\n" }, { text: 5 }, null] });
is((await e.ask("textDocument/hover", e.at(draft, 99999, 99999))).result, null, "a place behind the end is nothing");
ok(/b_param/.test((await e.ask("textDocument/hover", e.at(draft, 14, 8))).result?.contents.value ?? ""), "changes beyond the end are taken to its end");
writeFileSync(join(folder, "README.md"), "# not ours\n");
const readme = pathToFileURL(join(folder, "README.md")).href;
e.notice("textDocument/didOpen", { textDocument: { uri: readme, languageId: "markdown", version: 1, text: "# not ours\n```anlao\nx\n```\n" } });
is((await e.ask("textDocument/hover", { textDocument: { uri: readme }, position: { line: 2, character: 0 } })).result, null, "any other Markdown file is left alone");
e.notice("textDocument/didOpen", { textDocument: { uri: "untitled:one", languageId: "markdown", version: 1, text: head + "param c_param : money = 1 yuan\n```\n" } });
e.notice("textDocument/didClose", { textDocument: { uri: uriOf(draft) } });
ok(/c_param/.test((await e.ask("textDocument/hover", { textDocument: { uri: "untitled:one" }, position: { line: 14, character: 8 } })).result?.contents.value ?? ""), "a text that has no file yet");
e.notice("textDocument/didClose", { textDocument: { uri: "untitled:one" } });

// ---- from a keystroke to its diagnosis
version += 100;
await e.ask("textDocument/documentSymbol", { textDocument: { uri: uriOf(place) } });
// Its processor time: on a busy machine the clock on the wall says nothing of the server.
const worked = () => {
  const fields = readFileSync(`/proc/${e.process.pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10; // ms: user and system, in ticks of 10
};
const strokes = 12, before = worked();
for (let i = 0; i < strokes; i++) {
  const want = ++version;
  e.notice("textDocument/didChange", { textDocument: { uri: uriOf(place), version: want },
    contentChanges: [{ range: span(line, column + 1, column + 1 + (i % 2)), text: i % 2 ? "" : "x" }] });
  await e.next((m) => m.method === "textDocument/publishDiagnostics" && m.params.uri === uriOf(place) && m.params.version === want);
}
const each = (worked() - before) / strokes;
ok(each > 0 && each < 200, `a keystroke is judged in ${each.toFixed(0)} ms of a processor, all packs of the place read`);
is(e.errors, "", "nothing is said on standard error");
is((await e.end()).status, 0, "and it ends well");
finish();
