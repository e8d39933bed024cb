// editor.mjs — the VS Code extension with a stand-in for VS Code: what it tells the server, what it shows.
import { createRequire, Module } from "node:module";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL, fileURLToPath } from "node:url";
import { program, ok, is, finish, folder, root } from "./tap.mjs";

const home = join(root, "tools/editor");
const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
process.env.ANLAO_HOME = root;

// ---- what the extension says of itself
ok(existsSync(join(home, manifest.main)), "its program is there");
for (const l of manifest.contributes.languages) ok(existsSync(join(home, l.configuration)), `language ${l.id} is configured`);
const strings = (node) => (node && typeof node === "object" ? Object.entries(node).flatMap(([k, v]) =>
  (["match", "begin", "end", "while"].includes(k) && typeof v === "string" ? [v] : strings(v))) : []);
for (const g of manifest.contributes.grammars) {
  const grammar = JSON.parse(readFileSync(join(home, g.path), "utf8"));
  is(grammar.scopeName, g.scopeName, `grammar ${g.scopeName} has its name`);
  const broken = strings(grammar).filter((p) => { try { new RegExp(p.replaceAll("\\G", "")); } catch { return true; } return false; });
  is(broken.join(" "), "", "its patterns are patterns");
}
JSON.parse(readFileSync(join(home, "language-configuration.json"), "utf8"));

// Every fence of the packs is one the injection takes, and each first word of a declaration is one it colours.
const injection = JSON.parse(readFileSync(join(home, "syntaxes/markdown-anlao.tmLanguage.json"), "utf8")).repository["anlao-block"];
const fence = new RegExp(injection.begin.replaceAll("\\G", "$^"));
const pack = readFileSync(join(root, "packs/places/pingxiang-2020.md"), "utf8");
ok(pack.split("\n").filter((l) => l.startsWith("```anlao")).every((l) => fence.test(l)), "the fences of a document begin a block");
ok(!fence.test("```js") && !fence.test("``anlao"), "other fences do not");
const colours = JSON.parse(readFileSync(join(home, "syntaxes/anlao.tmLanguage.json"), "utf8")).repository;
const declares = new RegExp(colours.declaration.match);
const first = [...pack.matchAll(/```anlao\n([\s\S]*?)```/g)].flatMap((m) => m[1].split("\n")).filter((l) => /^[a-z]/.test(l));
ok(first.length > 100 && first.every((l) => declares.test(l)), "each declaration begins with a word it knows",
  first.filter((l) => !declares.test(l)).slice(0, 5).join("\n"));

// ---- a stand-in for VS Code
const listeners = {};
const providers = {};
const shown = new Map();
const said = [];
class Plain { constructor(...a) { this.a = a; } }
class Range { constructor(sl, sc, el, ec) { this.start = { line: sl, character: sc }; this.end = { line: el, character: ec }; } }
const uri = (text) => ({ toString: () => text, fsPath: text.startsWith("file:") ? fileURLToPath(text) : text });
const event = (name) => (f) => { listeners[name] = f; return { dispose() {} }; };
const provide = (name) => (where, p) => { providers[name] = p; return { dispose() {} }; };
let settings = { path: program, packs: "" };
const vscode = {
  Range,
  Location: class { constructor(u, r) { this.uri = u; this.range = r; } },
  Diagnostic: class { constructor(r, m, s) { this.range = r; this.message = m; this.severity = s; } },
  DiagnosticSeverity: { Error: 0, Warning: 1 },
  CompletionItem: class { constructor(l, k) { this.label = l; this.kind = k; } },
  CompletionList: class { constructor(i, more) { this.items = i; this.isIncomplete = more; } },
  MarkdownString: Plain, Hover: Plain,
  DocumentSymbol: class { constructor(n, d, k, r, s) { Object.assign(this, { name: n, detail: d, kind: k, range: r, selectionRange: s }); } },
  TextEdit: { replace: (r, t) => ({ range: r, newText: t }) },
  Uri: { parse: uri, file: (p) => uri(pathToFileURL(p).href) },
  languages: {
    createDiagnosticCollection: () => ({ set: (u, d) => shown.set(u.toString(), d), clear: () => shown.clear(), dispose() {} }),
    registerCompletionItemProvider: provide("completion"), registerHoverProvider: provide("hover"),
    registerDefinitionProvider: provide("definition"), registerReferenceProvider: provide("references"),
    registerDocumentSymbolProvider: provide("symbols"), registerDocumentFormattingEditProvider: provide("format"),
  },
  window: { createOutputChannel: () => ({ append: (t) => said.push(t), appendLine: (t) => said.push(t), dispose() {} }), showErrorMessage: (t) => said.push(`error: ${t}`) },
  env: { language: "en" },
  workspace: {
    workspaceFolders: [{ uri: uri(pathToFileURL(folder).href) }], textDocuments: [],
    getConfiguration: () => ({ get: (k) => settings[k] }),
    onDidOpenTextDocument: event("open"), onDidChangeTextDocument: event("change"),
    onDidSaveTextDocument: event("save"), onDidCloseTextDocument: event("close"),
  },
};
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...more) { return name === "vscode" ? "vscode" : resolve.call(this, name, ...more); };
const require = createRequire(import.meta.url);
require.cache.vscode = { id: "vscode", filename: "vscode", loaded: true, exports: vscode };
const extension = require(join(home, "client.js"));

cpSync(join(root, "packs"), join(folder, "packs"), { recursive: true });
const path = join(folder, "packs/places/pingxiang-2020.md");
let text = readFileSync(path, "utf8");
const document = { uri: uri(pathToFileURL(path).href), languageId: "markdown", version: 1, getText: () => text };
vscode.workspace.textDocuments.push(document);
const until = async (holds) => {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((r) => { setTimeout(r, 25); });
  return holds();
};
const place = (piece, plus = 0) => {
  const before = text.slice(0, text.indexOf(piece) + plus).split("\n");
  return { line: before.length - 1, character: before.at(-1).length };
};
const errors = () => (shown.get(document.uri.toString()) ?? []).filter((d) => d.severity === 0);

const context = { subscriptions: [] };
extension.activate(context);
ok(await until(() => shown.has(document.uri.toString())), "an open document is told to the server when it starts", said.join("\n"));
is(errors().length, 0, "and is clean");
const where = place("stock by region", 0);
listeners.change({ document: { ...document, version: 2 }, contentChanges: [{ range: { start: where, end: { line: where.line, character: where.character + 5 } }, text: "stack" }] });
ok(await until(() => errors().length > 0), "a mistake while typing is shown");
is(errors()[0].range.start.line, where.line, "where it stands");
is(errors()[0].source, "anlao", "with its source");
listeners.change({ document: { ...document, version: 3 }, contentChanges: [{ range: { start: where, end: { line: where.line, character: where.character + 5 } }, text: "stock" }] });
ok(await until(() => errors().length === 0), "and goes away");
const hover = await providers.hover.provideHover(document, place("param urban_care_kinds", 8));
ok(/城市居家/.test(hover.a[0].a[0]), "hover");
const list = await providers.completion.provideCompletionItems(document, place("kind = opened", 7));
ok(list.items.some((i) => i.label === "opened" && i.kind === 19 && i.range.end.character > 0), "completion, with the kinds of VS Code");
const to = await providers.definition.provideDefinition(document, place("kind in urban_care_kinds", 10));
is(to.uri.toString(), document.uri.toString(), "definition");
ok((await providers.references.provideReferences(document, place("param urban_care_kinds", 8), { includeDeclaration: true })).length > 2, "references");
ok((await providers.symbols.provideDocumentSymbols(document))[0].children.length > 1, "outline");
is((await providers.format.provideDocumentFormattingEdits(document)).length, 0, "layout");
is(await providers.hover.provideHover({ ...document, uri: uri("file:///nowhere.md") }, place("正", 0)), null, "what cannot be answered is nothing");
listeners.close(document);
ok(await until(() => (shown.get(document.uri.toString()) ?? []).length === 0), "a closed document");
listeners.save(document);
await extension.deactivate();
ok(await until(() => said.some((t) => /the server ended with 0/.test(t))), "the server ends with the editor", said.join("\n"));

// ---- a program that is not there is tried some times, and then said
settings = { path: "/nowhere/anlao", packs: "" };
said.length = 0;
extension.activate({ subscriptions: [] });
ok(await until(() => said.some((t) => /^error: .*ended too often/.test(t))), "a program that is not there is said once", said.join("\n"));
await extension.deactivate();
finish();
