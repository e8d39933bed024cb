// memory.mjs — no request, document or file makes memory grow past what base/limits.h lets it: the largest that is taken, one that is too
// large, archives that unpack to much more than they are, and a thousand people who send slowly.  Told is the peak of the process (VmHWM).
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { deflateRawSync, crc32 as zlibCrc } from "node:zlib";
import { anlao, ok, is, finish, folder, program, root, database } from "./tap.mjs";

const MB = 1 << 20;
const limit = (name) => {
  const text = readFileSync(join(root, "src/base/limits.h"), "utf8");
  const found = text.match(new RegExp(`#define ${name}\\s*\\\\?\\s*\\(?([0-9]+)u?l*\\s*(?:<<\\s*([0-9]+))?`));
  return Number(found[1]) * 2 ** Number(found[2] ?? 0);
};
const peak = (pid) => { try { return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmHWM:\s+(\d+)/)[1]) / 1024; } catch { return 0; } };
// A command, and its peak in MB: looked at until it ends.
async function measured(...args) {
  const child = spawn(program, args, { cwd: folder, env: { ...process.env, ANLAO_HOME: root }, stdio: ["ignore", "ignore", "pipe"] });
  let most = 0, err = "";
  child.stderr.on("data", (t) => (err += t));
  const look = setInterval(() => { most = Math.max(most, peak(child.pid)); }, 10);
  const status = await new Promise((done) => child.on("exit", done));
  clearInterval(look);
  return { most, status, err };
}

// ---- files
const db = ["--db", database("memory")];
is(anlao("init", "--place", "360300", "--demo", ...db).status, 0, "a database");
is(anlao("demo", "--elders", "200", "--seed", "3", ...db).status, 0, "with some people");
writeFileSync(join(folder, "small.csv"), "file_no,name,born,residence\nM1,测甲,1940-05-01,360302101\n");
const plain = await measured("import", "elder", join(folder, "small.csv"), "--made-up", ...db);
ok(plain.status === 0 && plain.most > 1, `an import of one row: ${plain.most.toFixed(0)} MB`);

// The same people once more, as offices send them each month: nothing changes, and nothing is held.
const people = Array.from({ length: 12000 }, (_, i) => `R${i},测丙${i},19${40 + (i % 20)}-05-01,36030210${1 + (i % 3)}`);
writeFileSync(join(folder, "again.csv"), `file_no,name,born,residence\n${people.join("\n")}\n`);
const first = await measured("import", "elder", join(folder, "again.csv"), "--made-up", ...db);
const again = await measured("import", "elder", join(folder, "again.csv"), "--made-up", ...db);
is(again.status, 0, "twelve thousand people, and the same file again");
ok(again.most < first.most + limit("LIMIT_IMPORT_HELD") / MB + 12, `of rows that change nothing no more is held than is said: ${first.most.toFixed(0)} MB, then ${again.most.toFixed(0)} MB`);

const cell = "x".repeat(limit("LIMIT_CSV_CELL"));
const wide = Array.from({ length: limit("LIMIT_CSV_COLUMNS") }, () => cell).join(",");
writeFileSync(join(folder, "wide.csv"), `file_no,name,born,residence\n${wide}\nM2,测乙,1940-05-01,360302101\n`);
const line = await measured("import", "elder", join(folder, "wide.csv"), "--made-up", ...db);
is(line.status, 0, "a line of the most cells, each as long as may be, is rejected and the next one taken");
ok(line.most < plain.most + 4 * wide.length / MB, `it costs no more than four times itself: ${line.most.toFixed(0)} MB`);

function zip(parts) { // [name, packed, crc, size]
  const heads = [], files = [];
  let at = 0;
  for (const [name, packed, crc, size] of parts) {
    const n = Buffer.from(name), h = Buffer.alloc(30), c = Buffer.alloc(46);
    h.writeUInt32LE(0x04034b50, 0); h.writeUInt16LE(20, 4); h.writeUInt16LE(8, 8);
    h.writeUInt32LE(crc, 14); h.writeUInt32LE(packed.length, 18); h.writeUInt32LE(size, 22); h.writeUInt16LE(n.length, 26);
    c.writeUInt32LE(0x02014b50, 0); c.writeUInt16LE(20, 4); c.writeUInt16LE(20, 6); c.writeUInt16LE(8, 10);
    c.writeUInt32LE(crc, 16); c.writeUInt32LE(packed.length, 20); c.writeUInt32LE(size, 24); c.writeUInt16LE(n.length, 28); c.writeUInt32LE(at, 42);
    files.push(h, n, packed); heads.push(c, n);
    at += 30 + n.length + packed.length;
  }
  const dir = Buffer.concat(heads), end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0); end.writeUInt16LE(parts.length, 8); end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(dir.length, 12); end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, dir, end]);
}
let table;
function crc32(data) {
  if (zlibCrc) return zlibCrc(data);
  table ??= Int32Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n; });
  let c = -1;
  for (const b of data) c = table[(c ^ b) & 255] ^ (c >>> 8);
  return (c ^ -1) >>> 0;
}
const part = (name, text) => { const b = Buffer.from(text); return [name, deflateRawSync(b, { level: 9 }), crc32(b), b.length]; };
const book = part("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>');
const rels = part("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>');
const sheet = part("xl/worksheets/sheet1.xml", '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row></sheetData></worksheet>');
const bomb = "<sst>" + `<si><t>${"0".repeat(60000)}</t></si>`.repeat(3000) + "</sst>"; // 180 MB in some 200 KB
const texts = part("xl/sharedStrings.xml", bomb);
writeFileSync(join(folder, "bomb.xlsx"), zip([book, rels, sheet, texts]));
const burst = await measured("import", "elder", join(folder, "bomb.xlsx"), "--made-up", ...db);
is(burst.status, 1, "a workbook that unpacks to a thousand times itself is refused");
ok(burst.most < plain.most + 32, `and is not unpacked: ${burst.most.toFixed(0)} MB`);
writeFileSync(join(folder, "liar.xlsx"), zip([book, rels, sheet, [texts[0], texts[1], texts[2], 1000]]));
const liar = await measured("import", "elder", join(folder, "liar.xlsx"), "--made-up", ...db);
is(liar.status, 1, "also when it says that it is small");
ok(liar.most < plain.most + 32, `it costs ${liar.most.toFixed(0)} MB`);
const grown = "<worksheet><sheetData>" + `<row><c t="inlineStr"><is><t>${" ".repeat(60000)}</t></is></c></row>`.repeat(3000) + "</sheetData></worksheet>";
writeFileSync(join(folder, "long.xlsx"), zip([book, rels, part("xl/worksheets/sheet1.xml", grown)]));
const long = await measured("import", "elder", join(folder, "long.xlsx"), "--made-up", ...db);
ok(long.most < plain.most + 48, `a sheet is read row by row, however long: ${long.most.toFixed(0)} MB`);

// ---- documents
const front = (n) => `---\ndocument: d${n}\ntitle: 大\ntitle en: Big\nlayer: model\nin force: 2019-01-01\n---\n\n# 1 大 / Big\n\n`;
const full = limit("LIMIT_DOCUMENT_BYTES");
writeFileSync(join(folder, "prose.md"), front(1) + "字".repeat(Math.floor((full - 400) / 3)) + "\n");
const prose = await measured("check", join(folder, "prose.md"));
ok(prose.most < 40 + (40 * full) / MB, `the longest document that is taken: ${prose.most.toFixed(0)} MB`);
writeFileSync(join(folder, "deep.md"), front(2) + "```anlao\nparam p: int = " + "(".repeat(full - 600) + "\n```\n");
const deep = await measured("check", join(folder, "deep.md"));
ok(deep.status === 1 && deep.most < 40 + (40 * full) / MB, `one of parentheses alone: ${deep.most.toFixed(0)} MB`);
writeFileSync(join(folder, "over.md"), front(3) + "x".repeat(full));
is((await measured("check", join(folder, "over.md"))).status, 1, "a longer one is refused");

// ---- requests
const server = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--web", join(root, "web"), ...db], { cwd: folder, env: { ...process.env, ANLAO_HOME: root }, stdio: ["ignore", "pipe", "pipe"] });
const address = await new Promise((done, fail) => {
  let out = "";
  server.stdout.on("data", (t) => { out += t; const m = out.match(/127\.0\.0\.1:(\d+)/); if (m) done(Number(m[1])); });
  server.on("exit", () => fail(new Error("the server ended")));
});
const health = () => fetch(`http://127.0.0.1:${address}/health`, { signal: AbortSignal.timeout(20000) }).then((r) => r.status).catch((e) => String(e));
is(await health(), 200, "the server answers");
const before = peak(server.pid);
const open = (count, text) => Array.from({ length: count }, () => {
  const s = connect(address, "127.0.0.1");
  s.on("error", () => {});
  s.write(text);
  return s;
});
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const slow = open(1000, `GET /sign-in HTTP/1.1\r\nHost: x\r\nX-Long: ${"y".repeat(2000)}`);
await wait(1500);
const held = peak(server.pid);
ok(held < before + 64, `a thousand requests that do not end: ${(held - before).toFixed(0)} MB more`);
slow.forEach((s) => s.destroy());
await wait(500);
is(await health(), 200, "it still answers");

const most = limit("LIMIT_FILE_BYTES") + limit("LIMIT_REQUEST_BODY"), uploads = limit("LIMIT_UPLOADS");
const head = (n) => `POST /imports HTTP/1.1\r\nHost: 127.0.0.1:${address}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${n}\r\n\r\n`;
const big = open(uploads * 3, Buffer.concat([Buffer.from(head(most)), Buffer.alloc(most - 10, 65)]));
await wait(3000);
const filled = peak(server.pid);
ok(filled < before + 64 + (2 * uploads * most) / MB, `three times as many uploads as are held at once: ${(filled - before).toFixed(0)} MB more`);
big.forEach((s) => s.destroy());
await wait(500);
const answers = await Promise.all(["/sign-in", "/api/documents/check", "/records/elder/new"].map((path) =>
  fetch(`http://127.0.0.1:${address}${path}`, { method: "POST", body: new Uint8Array(20 * MB), signal: AbortSignal.timeout(20000), headers: { "content-type": "application/x-www-form-urlencoded" } })
    .then((r) => r.status).catch(() => "closed")));
ok(answers.every((a) => a === 413 || a === "closed"), "bodies of 20 MB are refused", answers);
ok(peak(server.pid) < filled + 16, "and are not held");
is(await health(), 200, "it answers as before");
server.removeAllListeners("exit");
server.kill("SIGTERM");
finish();
