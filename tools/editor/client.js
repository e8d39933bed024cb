// client.js — starts `anlao lsp` and shows what it says.  Plain JavaScript on what VS Code and node ship:
// nothing is built, nothing is installed.  Read first: activate(), Server.
"use strict";
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const vscode = require("vscode");

// A server that ends so often is not started again.
const STARTS_MOST = 5;
const ASKED_MS = 10000;

// ---- the stream

// One running server: requests with answers, notices, and what it says by itself.
class Server {
  constructor(program, folder, on) {
    this.on = on; // { notice(method, params), end(status), said(text) }
    this.id = 0;
    this.asked = new Map();
    this.bytes = Buffer.alloc(0);
    this.process = spawn(program, ["lsp", "--stdio"], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
    this.process.on("error", (why) => on.said(String(why)));
    this.process.on("close", (status) => this.closed(status));
    this.process.stdin.on("error", () => {});
    this.process.stderr.on("data", (d) => on.said(String(d)));
    this.process.stdout.on("data", (d) => this.take(d));
  }
  closed(status) {
    for (const a of this.asked.values()) a.fail(new Error("the server ended"));
    this.asked.clear();
    this.on.end(status);
  }
  take(data) {
    this.bytes = Buffer.concat([this.bytes, data]);
    for (;;) {
      const end = this.bytes.indexOf("\r\n\r\n");
      const length = end < 0 ? null : /content-length: *(\d+)/i.exec(this.bytes.subarray(0, end).toString("latin1"));
      if (!length || this.bytes.length < end + 4 + Number(length[1])) return;
      const body = this.bytes.subarray(end + 4, end + 4 + Number(length[1]));
      this.bytes = this.bytes.subarray(end + 4 + Number(length[1]));
      this.message(JSON.parse(body.toString("utf8")));
    }
  }
  message(m) {
    const a = this.asked.get(m.id);
    if (m.method) this.on.notice(m.method, m.params);
    if (!a) return;
    this.asked.delete(m.id);
    if (m.error) a.fail(new Error(m.error.message));
    else a.done(m.result);
  }
  send(object) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...object }));
    this.process.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }
  notice(method, params) { this.send({ method, params }); }
  ask(method, params) {
    const id = ++this.id;
    return new Promise((done, fail) => {
      const timer = setTimeout(() => { this.asked.delete(id); fail(new Error(`${method}: no answer`)); }, ASKED_MS);
      const once = (then) => (value) => { clearTimeout(timer); then(value); };
      this.asked.set(id, { done: once(done), fail: once(fail) });
      this.send({ id, method, params });
    });
  }
}

// ---- between their words and ours

const range = (r) => new vscode.Range(r.start.line, r.start.character, r.end.line, r.end.character);
const place = (p) => ({ line: p.line, character: p.character });
const named = (document) => ({ textDocument: { uri: document.uri.toString() } });
const at = (document, position) => ({ ...named(document), position: place(position) });
const location = (l) => new vscode.Location(vscode.Uri.parse(l.uri), range(l.range));

function diagnosis(d) {
  const made = new vscode.Diagnostic(range(d.range), d.message,
    d.severity === 1 ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning);
  made.source = d.source;
  return made;
}

// Kinds of the protocol begin at 1, those of VS Code at 0.
function item(i) {
  const made = new vscode.CompletionItem(i.label, i.kind - 1);
  made.detail = i.detail;
  made.sortText = i.sortText;
  made.insertText = i.textEdit.newText;
  made.range = range(i.textEdit.range);
  return made;
}

function symbol(s) {
  const made = new vscode.DocumentSymbol(s.name, s.detail, s.kind - 1, range(s.range), range(s.selectionRange));
  made.children = (s.children || []).map(symbol);
  return made;
}

// ---- the client

class Client {
  constructor(log) {
    this.log = log;
    this.found = vscode.languages.createDiagnosticCollection("anlao");
    this.starts = 0;
    this.server = null;
    this.ready = null;
    this.leaving = false;
  }
  folder() {
    const folders = vscode.workspace.workspaceFolders || [];
    return folders.length > 0 ? folders[0].uri.fsPath : undefined;
  }
  program() {
    const set = vscode.workspace.getConfiguration("anlao").get("path");
    const built = this.folder() && join(this.folder(), "build", "anlao");
    return set || (built && existsSync(built) ? built : "anlao");
  }
  start() {
    if (++this.starts > STARTS_MOST) {
      vscode.window.showErrorMessage("Anlao: the language server ended too often; see the output channel Anlao.");
      return;
    }
    const program = this.program();
    this.log.appendLine(`starting ${program} lsp`);
    this.server = new Server(program, this.folder(), {
      notice: (method, params) => this.noticed(method, params),
      end: (status) => this.ended(status),
      said: (text) => this.log.append(text),
    });
    const packs = vscode.workspace.getConfiguration("anlao").get("packs");
    const language = vscode.workspace.getConfiguration("anlao").get("language");
    const root = this.folder();
    this.ready = this.server.ask("initialize", {
      processId: process.pid,
      rootUri: root ? vscode.Uri.file(root).toString() : null,
      capabilities: {},
      locale: vscode.env.language,
      initializationOptions: { ...(packs ? { packs } : {}), ...(language ? { language } : {}) },
    }).then(() => {
      this.server.notice("initialized", {});
      vscode.workspace.textDocuments.forEach((d) => this.opened(d));
    });
    this.ready.catch((why) => this.log.appendLine(String(why)));
  }
  ended(status) {
    this.log.appendLine(`the server ended with ${status}`);
    this.server = null;
    this.found.clear();
    if (!this.leaving) this.start();
  }
  noticed(method, params) {
    if (method === "textDocument/publishDiagnostics")
      this.found.set(vscode.Uri.parse(params.uri), params.diagnostics.map(diagnosis));
  }
  ours(document) { return document.languageId === "markdown" || document.languageId === "anlao"; }
  opened(document) {
    if (this.server && this.ours(document))
      this.server.notice("textDocument/didOpen", { textDocument: {
        uri: document.uri.toString(), languageId: document.languageId, version: document.version, text: document.getText() } });
  }
  changed(event) {
    if (this.server && this.ours(event.document) && event.contentChanges.length > 0)
      this.server.notice("textDocument/didChange", {
        textDocument: { uri: event.document.uri.toString(), version: event.document.version },
        contentChanges: event.contentChanges.map((c) => ({
          range: { start: place(c.range.start), end: place(c.range.end) }, text: c.text })) });
  }
  told(method, document) {
    if (this.server && this.ours(document)) this.server.notice(method, named(document));
  }
  // What cannot be answered is nothing, not an error in the reader's face.
  async ask(method, params) {
    try {
      await this.ready;
      return this.server ? await this.server.ask(method, params) : null;
    } catch (why) {
      this.log.appendLine(`${method}: ${why.message}`);
      return null;
    }
  }
  async stop() {
    this.leaving = true;
    if (!this.server) return;
    await this.ask("shutdown", null);
    if (this.server) this.server.notice("exit");
  }
}

function providers(client) {
  const where = [{ language: "markdown" }, { language: "anlao" }];
  const l = vscode.languages;
  return [
    l.registerCompletionItemProvider(where, {
      async provideCompletionItems(document, position) {
        const r = await client.ask("textDocument/completion", at(document, position));
        return r ? new vscode.CompletionList(r.items.map(item), r.isIncomplete) : null;
      },
    }, ".", "=", "["),
    l.registerHoverProvider(where, {
      async provideHover(document, position) {
        const r = await client.ask("textDocument/hover", at(document, position));
        return r ? new vscode.Hover(new vscode.MarkdownString(r.contents.value), range(r.range)) : null;
      },
    }),
    l.registerDefinitionProvider(where, {
      async provideDefinition(document, position) {
        const r = await client.ask("textDocument/definition", at(document, position));
        return r ? location(r) : null;
      },
    }),
    l.registerReferenceProvider(where, {
      async provideReferences(document, position, context) {
        const r = await client.ask("textDocument/references", { ...at(document, position), context });
        return r ? r.map(location) : null;
      },
    }),
    l.registerDocumentSymbolProvider(where, {
      async provideDocumentSymbols(document) {
        const r = await client.ask("textDocument/documentSymbol", named(document));
        return r ? r.map(symbol) : null;
      },
    }),
    l.registerDocumentFormattingEditProvider(where, {
      async provideDocumentFormattingEdits(document) {
        const r = await client.ask("textDocument/formatting", { ...named(document), options: {} });
        return r ? r.map((e) => vscode.TextEdit.replace(range(e.range), e.newText)) : null;
      },
    }),
  ];
}

let client = null;

function activate(context) {
  const log = vscode.window.createOutputChannel("Anlao");
  client = new Client(log);
  const w = vscode.workspace;
  context.subscriptions.push(log, client.found, ...providers(client),
    w.onDidOpenTextDocument((d) => client.opened(d)),
    w.onDidChangeTextDocument((e) => client.changed(e)),
    w.onDidSaveTextDocument((d) => client.told("textDocument/didSave", d)),
    w.onDidCloseTextDocument((d) => client.told("textDocument/didClose", d)));
  client.start();
}

function deactivate() {
  return client ? client.stop() : undefined;
}

module.exports = { activate, deactivate };
