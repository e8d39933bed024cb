// carry.mjs — counties send their journal to the city over HTTPS: who is let in, by which key and certificate; what breaks off goes on
// where it was, what comes twice is taken once, what was changed on the way is refused; killed at any moment nothing is lost or doubled.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { createServer as createSecure } from "node:https";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { anlao, json, ok, is, finish, folder, program, root, database, where } from "./tap.mjs";

const limit = (name) => Number(readFileSync(join(root, "src/base/limits.h"), "utf8").match(new RegExp(`#define ${name}\\s+([0-9]+)u`))[1]);
const city = database("city"), east = database("east"), west = database("west"), inbox = join(folder, "inbox");
is(anlao("init", "--place", "360300", "--db", city).status, 0, "the master");
is(anlao("init", "--place", "360302", "--node", "2", "--db", east).status, 0, "a county");
is(anlao("init", "--place", "360313", "--node", "3", "--db", west).status, 0, "another");
mkdirSync(inbox);
let number = 0;
const people = (db, n, town = "360302101") => {
  const csv = join(folder, "people.csv");
  writeFileSync(csv, `file_no,name,born,residence\n${Array.from({ length: n }, () => `${town}-${number++},测${number % 50},1940-01-01,${town}`).join("\n")}\n`);
  is(json("import", "elder", csv, "--db", db).accepted, n, `${n} people`);
};
people(east, 30);

function serve(db, ...more) {
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--db", db, ...more], { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: ["ignore", "pipe", "pipe"] });
  child.said = "";
  child.stderr.on("data", (d) => (child.said += d));
  const gone = new Promise((done) => child.on("exit", done));
  const up = new Promise((done) => child.stdout.once("data", (d) => done(String(d).match(/http:[^\s]*/)[0].replace(/\/$/, ""))));
  return { child, gone, up };
}
const end = async (s) => { s.child.kill("SIGTERM"); await s.gone; };
// While the test's own proxies work, commands may not hold this process.
const run = (...args) => new Promise((done) => {
  const child = spawn(program, args, { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: ["ignore", "pipe", "pipe"] });
  let out = "", err = "";
  child.stdout.on("data", (d) => (out += d));
  child.stderr.on("data", (d) => (err += d));
  child.on("exit", (status) => { let read = {}; try { read = JSON.parse(out); } catch { /* no JSON */ } done({ ...read, status, out, err }); });
});
const send = (db, to, ...more) => run("exchange", "send", to, "--json", "--retry", "3", ...more, "--db", db);
const held = async (db, town) => (await run("exchange", "status", "--json", "--db", db)).counties.find((c) => c.county === town)?.seq ?? 0;
const key = json("exchange", "status", "--db", east).own_key;

// ---- who is let in
let s = serve(city), address = await s.up;
ok(/takes nothing from others over HTTP/.test((await send(east, address)).err), "a node that names no folder takes nothing");
await end(s);
s = serve(city, "--exchange", inbox);
address = await s.up;
const stranger = await send(east, address);
ok(stranger.status === 1 && stranger.err.includes(key) && /not known there yet/.test(stranger.err), "nobody is let in unseen; the key to be compared is named", stranger.err);
is(stranger.counties[0].there, 0, "and nothing was taken");
const wrong = json("exchange", "receive", inbox, "--trust", "0123456789abcdef", "--db", city);
is(wrong.counties.length, 0, "another key lets nobody in");
const trusted = json("exchange", "receive", inbox, "--trust", key, "--db", city);
ok(trusted.status === 0 && trusted.counties[0].county === 360302 && trusted.counties[0].key === key, "a person has compared the key", JSON.stringify(trusted));
is(readdirSync(inbox).filter((f) => f.endsWith(".card")).length, 0, "nobody waits any more");
const first = await send(east, address);
ok(first.status === 0 && first.counties[0].known && first.counties[0].there === first.counties[0].seq && first.counties[0].sent >= 30, "the journal is there", JSON.stringify(first));
is((await send(east, address)).counties[0].sent, 0, "once: there is nothing more to send");
is(await held(city, 360302), first.counties[0].seq, "the master says the same");
const same = await run("exchange", "reconcile", address, "--db", east);
ok(same.status === 0 && /registers compared, 0 differ/.test(same.out), "counted on both sides: equal", same.out + same.err);
people(east, 5);
const differ = await run("exchange", "reconcile", address, "--db", east);
ok(differ.status === 1 && /county 360302, elder: 30 there .* 35 here/.test(differ.out), "what was not sent yet shows", differ.out);
is((await send(east, address)).status, 0, "then it is sent");

// ---- made-up people
const play = database("play");
is(anlao("init", "--place", "610400", "--node", "7", "--demo", "--db", play).status, 0, "a demonstration");
await send(play, address);
is(anlao("exchange", "receive", inbox, "--trust", json("exchange", "status", "--db", play).own_key, "--db", city).status, 0, "is let in by mistake");
const madeUp = await send(play, address);
ok(madeUp.status === 1 && /made up, for a demonstration/.test(madeUp.err), "its people do not come among real ones", madeUp.err);

// ---- who does not sign
const bare = async (path, headers, body) => (await fetch(`${address}${path}`, { method: "POST", headers: { "Content-Type": "application/octet-stream", ...headers }, body })).status;
is(await bare("/node/hello", {}, "anlao card 1\n"), 403, "a request without a signature is refused");
is(await bare("/node/counties/360302/1-9?at=0&size=3&sm3=00", { "Anlao-Key": "04".repeat(65), "Anlao-At": "1", "Anlao-Signature": "00" }, "abc"), 403, "so is a made-up one");
is((await fetch(`${address}/node/hello`, { method: "POST", headers: { "Content-Type": "text/plain" }, body: "x" })).status, 415, "and what a form of another site could send");
const foreign = await send(west, address);
ok(foreign.status === 1 && /county 360313 is not known there/.test(foreign.err), "the other county waits at the door");
const most = limit("LIMIT_NODE_GUESTS"); // LIMIT_NODE_GUESTS
for (const f of readdirSync(inbox)) if (f.endsWith(".card")) unlinkSync(join(inbox, f));
for (let i = 0; i < most; i++) writeFileSync(join(inbox, `${i}.card`), "somebody");
const crowd = await send(west, address);
ok(crowd.status === 3 && /nodes wait to be let in/.test(crowd.err), "who comes when too many wait is not heard", crowd.err);
for (let i = 0; i < most; i++) unlinkSync(join(inbox, `${i}.card`));

// ---- a way that breaks, doubles and changes things
const port = Number(new URL(address).port);
let mischief = () => false; // (number of the request, its body) → true: it was dealt with
let count = 0, seen = [];
const through = (req, res) => {
  const parts = [];
  req.on("data", (d) => parts.push(d));
  req.on("end", () => {
    let body = Buffer.concat(parts);
    const n = count++;
    seen.push([req.url, req.headers, body]);
    const forward = (given, then) => {
      const up = request({ port, host: "127.0.0.1", method: req.method, path: req.url, headers: { ...req.headers, "content-length": given.length } }, (r) => {
        const got = [];
        r.on("data", (d) => got.push(d));
        r.on("end", () => then(r.statusCode, Buffer.concat(got)));
      });
      up.on("error", () => res.destroy());
      up.end(given);
    };
    if (mischief(n, body, req, res, forward)) return;
    forward(body, (status, text) => { res.statusCode = status; res.end(text); });
  });
};
const proxy = createServer(through);
await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
const way = `http://127.0.0.1:${proxy.address().port}`;

people(east, 40);
mischief = (n, body, req, res, forward) => { // every second request is heard, and the answer lost
  if (n % 2 === 1) return false;
  forward(body, () => res.destroy());
  return true;
};
const lossy = await send(east, way, "--retry", "20");
ok(lossy.status === 0 && lossy.counties[0].there === lossy.counties[0].seq, "answers that get lost: asked again, taken once", lossy.err + lossy.out);
is(json("verify", "--db", city).ok, true, "the master's chain is whole");

people(east, 10);
mischief = (n, body, req, res, forward) => {
  if (!req.url.includes("/counties/")) return false;
  const other = Buffer.from(body);
  other[other.length >> 1] ^= 1;
  forward(other, (status, text) => { res.statusCode = status; res.end(text); });
  return true;
};
const changed = await send(east, way);
ok(changed.status === 1 && /not signed by a node/.test(changed.err), "what was changed on the way is refused", changed.err);
mischief = () => false;
seen = [];
is((await send(east, way)).status, 0, "untouched it goes through");
const [url, headers, body] = seen.find(([u]) => u.includes("/counties/"));
const replay = await fetch(`${address}${url}`, { method: "POST", headers: Object.fromEntries(Object.entries(headers).filter(([k]) => /^anlao|content-type/.test(k))), body });
const told = await replay.json();
ok(replay.status === 200 && told.whole && told.seq === await held(city, 360302), "the same request once more changes nothing", JSON.stringify(told));

// A range larger than one piece; the way ends in the midst of it.
const note = "长".repeat(60);
const big = join(folder, "big.csv");
writeFileSync(big, `file_no,name,born,residence,address\n${Array.from({ length: 3000 }, (_, i) => `B${i},测${i % 90},1941-02-03,360302101,${note}${i}`).join("\n")}\n`);
is(json("import", "elder", big, "--db", east).accepted, 3000, "three thousand more");
let pieces = 0;
mischief = (n, body, req, res) => {
  if (!req.url.includes("/counties/") || ++pieces < 3) return false;
  res.destroy();
  return true;
};
const broken = await send(east, way, "--retry", "1");
ok(broken.status === 3 && pieces >= 3, "the way breaks off in the midst of a range", `${pieces} ${broken.err}`);
ok(readdirSync(join(inbox, "360302")).some((f) => f.endsWith(".part")), "what came is kept");
seen = [];
pieces = 0;
mischief = (n, b, req, res) => { // goes on in the same range after a pause
  if (!req.url.includes("/counties/") || ++pieces !== 2) return false;
  res.destroy();
  return true;
};
const resumed = await send(east, way, "--retry", "20");
ok(resumed.status === 0 && resumed.counties[0].there === resumed.counties[0].seq, "and all of it goes through", resumed.err);
const offsets = seen.filter(([u]) => u.includes("/counties/")).map(([u]) => Number(u.match(/at=(\d+)/)[1]));
ok(offsets.length > 3 && offsets.filter((o) => o === 0).length === new Set(seen.filter(([u]) => u.includes("at=0")).map(([u]) => u)).size, "no piece is sent twice that was taken", offsets.join(" "));
is(readdirSync(join(inbox, "360302")).length, 0, "nothing is left lying about");

// ---- killed
people(east, 200);
const sending = send(east, address, "--retry", "1");
await wait(60);
s.child.kill("SIGKILL");
await s.gone;
const killed = await sending;
ok([0, 3].includes(killed.status), "the master is killed while it takes", killed.err);
s = serve(city, "--exchange", inbox);
address = await s.up;
const after = await send(east, address);
ok(after.status === 0 && after.counties[0].there === after.counties[0].seq, "started anew it takes the rest", after.err);
for (let round = 0; round < 4; round++) {
  people(east, 50);
  const child = spawn(program, ["exchange", "send", address, "--db", east], { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: "ignore" });
  await wait(20 + 60 * Math.random());
  child.kill("SIGKILL");
}
is((await send(east, address)).status, 0, "the county is killed while it sends, four times; then all is there");
is((await run("exchange", "reconcile", address, "--db", east)).status, 0, "and equal");

// ---- no room
const room = join(folder, "away");
people(east, 5);
renameSync(inbox, room);
const gone = await send(east, address, "--retry", "1");
ok(gone.status === 3 && /the system failed there/.test(gone.err) && /is not there/.test(s.child.said), "a folder that is gone is the master's fault, and said there", gone.err + s.child.said.slice(-300));
renameSync(room, inbox);
is((await send(east, address)).status, 0, "when it is back it goes on");

// ---- another history
const copy = database("copy");
if (copy.startsWith("sqlite:")) {
  const file = (uri) => uri.slice(7);
  for (const more of ["", ".key"]) writeFileSync(file(copy) + more, readFileSync(file(east) + more), { mode: 0o400 });
  spawnSync("chmod", ["600", file(copy)]);
  people(east, 1);
  is((await send(east, address)).status, 0, "the county goes on");
  people(copy, 1);
  people(copy, 3);
  const other = await send(copy, address);
  ok(other.status === 1 && /holds another entry/.test(other.err), "an old copy that went its own way is found out before it sends", other.err);
}

// ---- certificates
const cert = (name, ...more) => spawnSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout", join(folder, `${name}.key`), "-out", join(folder, `${name}.pem`), "-subj", `/CN=${name}`, ...more]).status;
is(cert("right", "-addext", "subjectAltName=IP:127.0.0.1"), 0, "a certificate for this machine");
is(cert("other", "-addext", "subjectAltName=DNS:city.example"), 0, "and one for another");
const secure = async (name) => {
  const p = createSecure({ key: readFileSync(join(folder, `${name}.key`)), cert: readFileSync(join(folder, `${name}.pem`)) }, through);
  p.on("tlsClientError", () => {});
  await new Promise((done) => p.listen(0, "127.0.0.1", done));
  return p;
};
mischief = () => false;
const now = new URL(address).port;
proxy.close();
const tls = await secure("right"), bad = await secure("other");
const at = (p) => `https://127.0.0.1:${p.address().port}`;
// The proxies speak to the server that was started last.
const target = createServer((req, res) => { const up = request({ port: now, host: "127.0.0.1", method: req.method, path: req.url, headers: req.headers }, (r) => { res.statusCode = r.statusCode; r.pipe(res); }); up.on("error", () => res.destroy()); req.pipe(up); });
await new Promise((done) => target.listen(port, "127.0.0.1", done));
people(east, 3);
const unknown = await send(east, at(tls));
ok(unknown.status === 3 && /certificate/i.test(unknown.err), "a certificate nobody vouches for ends it at once", unknown.err);
const named = await send(east, at(bad), "--ca", join(folder, "other.pem"));
ok(named.status === 3 && /certificate|subject/i.test(named.err), "so does one of another machine", named.err);
const over = await send(east, at(tls), "--ca", join(folder, "right.pem"));
ok(over.status === 0 && over.counties[0].sent >= 3 && over.counties[0].there === over.counties[0].seq, "with the right one it goes over TLS", over.err);
for (const [to, words] of [["http://city.example", /over https only/], ["ftp://127.0.0.1", /over https only/], ["https://city.example/somewhere", /no address of a node/]]) {
  const r = await send(east, to);
  ok(r.status === 2 && words.test(r.err), `${to} is no way`, r.err);
}
for (const p of [tls, bad, target]) p.close();
await end(s);
is(json("verify", "--db", city).ok, true, "in the end all of it verifies");
ok(existsSync(inbox), "done");
finish();
