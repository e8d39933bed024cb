// doors.mjs — every address of the site, asked by every post: who is let in and who is not stands in docs/doors.md, where a
// reviewer reads it; an address or a post that is not in the table fails here.  Then as somebody who means harm: records of
// another region by their number, forms without the proof, odd methods, paths and headers, bodies that are too large.
// `doors.mjs ANLAO ROOT --write` writes the table anew.
import { readFileSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { anlao, database, folder, finish, is, ok, program, root, where } from "./tap.mjs";

const db = ["--db", database("doors")];
const run = (...args) => { const r = anlao(...args, ...db); if (r.status !== 0) ok(false, `anlao ${args.join(" ")}`, r.out + r.err); return r.out; };
run("init", "--place", "360300", "--demo");
run("demo", "--elders", "300", "--seed", "5");

// ---- somebody's family, and a paper that was issued
const people = (...more) => {
  const file = join(folder, "people.json");
  run("export", "elder", "--format", "json", "--to", file, ...more);
  return JSON.parse(readFileSync(file, "utf8")).records;
};
const near = people("--region", "360302001")[0], there = people("--region", "360313"), far = there[0];
near.key = `360302-${near.id}`; // as addresses write it
far.key = `360313-${far.id}`;
writeFileSync(join(folder, "consent.csv"), `consent_no,elder,agreed_by,party,purpose,matters,from_day\nT1,${near.file_no},own_consent,女儿,看探访,visit,2020-01-01\n`);
run("import", "consent", join(folder, "consent.csv"), "--made-up");
const made = /password[^:]*: *(\S+)/.exec(run("user", "add", "kin", "--role", "family", "--region", "360302", "--facility", "T1"))?.[1] ?? "";
const PASSWORD = "anlao-demo-2020";
const paperOf = (id) => /^number (.+)$/m.exec(run("paper", "elder_card", id, "--issue", "--to", join(folder, "card.txt")))[1];
const numbers = { near: paperOf(near.id), far: paperOf(far.id) };

// ---- the server
const server = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--web", join(root, "web"), ...db], { cwd: where, env: { ...process.env, ANLAO_HOME: root }, stdio: ["ignore", "pipe", "ignore"] });
process.on("exit", () => server.kill("SIGTERM"));
const port = await new Promise((done, fail) => {
  let out = "";
  server.stdout.on("data", (t) => { out += t; const m = out.match(/127\.0\.0\.1:(\d+)/); if (m) done(Number(m[1])); });
  server.on("exit", () => fail(new Error("the server ended")));
});
const ORIGIN = `http://127.0.0.1:${port}`;
const ask = (method, path, headers = {}, body = undefined) => new Promise((done, fail) => {
  const r = request({ host: "127.0.0.1", port, method, path, headers: body === undefined ? headers : { "Content-Length": Buffer.byteLength(body), ...headers } }, (a) => {
    const parts = [];
    a.on("data", (p) => parts.push(p));
    a.on("end", () => done({ status: a.statusCode, headers: a.headers, body: Buffer.concat(parts).toString() }));
  });
  r.on("error", fail);
  r.end(body);
});
const FORM = { "Content-Type": "application/x-www-form-urlencoded", Origin: ORIGIN };
const cookiesOf = (a) => (a.headers["set-cookie"] ?? []).map((c) => c.split(";")[0]).join("; ");

async function signIn(account, password) {
  const form = await ask("GET", "/sign-in");
  const visit = cookiesOf(form), csrf = /name="csrf" value="([^"]+)"/.exec(form.body)[1];
  const got = await ask("POST", "/sign-in", { ...FORM, Cookie: visit }, new URLSearchParams({ csrf, account, password }).toString());
  const cookie = cookiesOf(got);
  const page = await ask("GET", "/password", { Cookie: cookie });
  return { account, cookie, csrf: /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? "", status: got.status };
}
const get = (s, path) => ask("GET", path, { Cookie: s.cookie });
const post = (s, path, fields = {}, headers = {}) => ask("POST", path, { ...FORM, Cookie: s.cookie, ...headers }, new URLSearchParams({ csrf: s.csrf, ...fields }).toString());

const ROLES = ["clerk", "review", "leader", "finance", "town", "village", "assess", "home", "carer", "inspect", "desk", "audit", "policy", "admin", "kin"];
const posts = [];
for (const r of ROLES) posts.push(await signIn(r, r === "kin" ? made : PASSWORD));
ok(posts.every((s) => s.csrf.length > 20), "each post signs in", posts.map((s) => `${s.account} ${s.status} ${s.csrf.length}`).join("\n"));
const by = Object.fromEntries(posts.map((s) => [s.account, s]));

// ---- what stands for :x in an address
const first = async (s, path, pattern) => pattern.exec((await get(s, path)).body)?.[1] ?? "none";
const page = `/records/elder/${near.key}`;
const known = {
  name: await first(by.clerk, "/public", /\/public\/notices\/([a-z0-9_]+)/), document: await first(by.clerk, "/policies", /\/policies\/([a-z0-9-]+)/),
  param: await first(by.leader, "/what-if", /\/what-if\/([a-z0-9_]+)/), run: await first(by.clerk, "/pay", /\/pay\/(\d+)/),
  paper: "elder_card", runPaper: await first(by.clerk, "/papers", /\/papers\/(payment_[a-z_]+)/), rule: await first(by.clerk, page, /\/why\/([a-z0-9_]+)/),
  field: await first(by.clerk, page, /\/reveal\/([a-z0-9_]+)/), account: await first(by.clerk, page, /\/accounts\/([a-z0-9_]+)/),
};
async function ownOf(s) {
  const r = await get(s, "/api/records/elder");
  return r.status === 200 ? JSON.parse(r.body).records?.[0]?.key ?? near.key : near.key;
}
function addressOf(route, id, number) {
  const of = route.path;
  return of.replace(/:([a-z]+)/g, (_, x) => ({
    entity: "elder", key: id, other: far.key, number: of.startsWith("/public") || of.startsWith("/draws") ? "R1" : encodeURIComponent(number),
    file: id, change: id, move: id, job: id, hold: "1", format: "csv",
    name: of.startsWith("/accounts") ? "town" : known.name, paper: of.startsWith("/pay/") ? "payment_summary" : known.paper,
  }[x] ?? known[x]));
}
const routes = [...readFileSync(join(root, "src/page/routes.def"), "utf8").matchAll(/^ROUTE\((GET|POST), "([^"]+)", [a-z_]+, ([A-Z_]+), "([^"]+)"\)/gm)]
  .map(([, method, path, right, why]) => ({ method, path, right, why }));
ok(routes.length > 80, `${routes.length} addresses`);

// ---- the table: ✓ let in; ○ let in, and told that it is incomplete or not there; · refused
const MARK = (status) => (status === 401 || status === 403 ? "·" : status < 400 ? "✓" : status < 500 ? "○" : `${status}!`);
const LAST = new Set(["POST /sign-out"]); // ends the session
const own = Object.fromEntries(await Promise.all(posts.map(async (s) => [s.account, await ownOf(s)])));
const ordered = [...routes.filter((r) => !LAST.has(`${r.method} ${r.path}`)), ...routes.filter((r) => LAST.has(`${r.method} ${r.path}`))];
const marks = new Map(), strangers = [];
const foreign = ["clerk", "review", "finance", "town", "village", "assess", "home", "carer", "inspect", "kin"], crossed = [];
const ONCE = (r) => (r.path.includes("/:paper") ? { request: "1" } : {}); // as their form has
let missing = 0;
for (const r of ordered) {
  const cells = [];
  for (const s of posts) {
    const at = addressOf(r, own[s.account], numbers.near);
    const answer = r.method === "GET" ? await get(s, at) : await post(s, at, ONCE(r));
    cells.push(MARK(answer.status));
    if (r.path === "/sign-in") continue;
    // A record of another region: whatever is asked of it, nobody of this one is told.
    if (!foreign.includes(s.account) || !/:key|\/papers\/:number/.test(r.path)) continue;
    const there = addressOf(r, far.key, numbers.far), theirs = r.method === "GET" ? await get(s, there) : await post(s, there, ONCE(r));
    if (theirs.status < 400) crossed.push(`${s.account} ${r.method} ${there}: ${theirs.status}`);
    if (theirs.body.includes(far.name)) crossed.push(`${s.account} ${r.method} ${there}: names her`);
  }
  marks.set(`${r.method} ${r.path}`, cells);
  const nobody = await ask(r.method, addressOf(r, near.key, numbers.near), r.method === "GET" ? {} : FORM, r.method === "GET" ? undefined : "x=1");
  const out = r.right === "PUBLIC" ? nobody.status !== 500 : nobody.status === 401 || (nobody.status === 303 && nobody.headers.location.startsWith("/sign-in"));
  if (!out) strangers.push(`${r.method} ${r.path}: ${nobody.status}`);
  missing += cells.some((c) => c.endsWith("!"));
}
is(missing, 0, "no address fails");
ok(crossed.length === 0, "records of another region are told to nobody of this one", crossed.join("\n"));
ok(strangers.length === 0, "without signing in there is what is public, and nothing else", strangers.join("\n"));

const HEAD = `# Who opens which door

Every address of the site, asked by every post of the demonstration; each with a record of its own region (\`tests/main/doors.mjs\`,
which asks again at each test and fails where an answer differs). ✓ let in; ○ let in, and told that the form is incomplete or the thing not
there; · refused (403). What a post then sees inside is its scope's and its declaration's: docs/security.md. *kin* is a family's account whose
consent names visits alone.

`;
const table = [`| address | what for | ${ROLES.join(" | ")} |`, `| --- | --- |${ROLES.map(() => " --- |").join("")}`,
  ...routes.map((r) => `| ${r.method === "POST" ? "POST " : ""}\`${r.path}\` | ${r.why} | ${marks.get(`${r.method} ${r.path}`).join(" | ")} |`)];
const text = `${HEAD}${table.join("\n")}\n`, file = join(root, "docs/doors.md");
if (process.argv[4] === "--write") writeFileSync(file, text);
const stands = readFileSync(file, "utf8");
if (stands !== text) {
  const a = stands.split("\n"), b = text.split("\n");
  ok(false, "the table of docs/doors.md is what the site does", b.filter((l, i) => l !== a[i]).map((l) => `does: ${l}\nsays: ${a[b.indexOf(l)]}`).join("\n"));
} else ok(true, "the table of docs/doors.md is what the site does");

// ---- lists of another region, asked for by name: nobody of it is in them
const lists = ["/records/elder?region=360313", "/records/stay?region=360313", "/api/records/elder?region=360313", `/records/visit?by=elder&of=${far.key}`, "/tasks?region=360313", "/alerts?region=360313",
  "/procedures?region=360313", "/changes?region=360313", "/moves?region=360313", "/papers?region=360313", "/search?q=%E7%8E%8B&region=360313", `/search?q=${encodeURIComponent(far.name)}`, `/api/search?q=${encodeURIComponent(far.name)}`,
  `/search?q=${far.file_no}`, "/ledger?region=360313", "/api/ledger?region=360313", "/pay?region=360313", "/pay-holds?region=360313", "/exchange?region=360313", "/draws?region=360313", "/alike/elder?region=360313",
  "/policies/" + known.document + "?region=360313", "/?region=360313"];
const listed = [];
for (const account of ["clerk", "review", "town", "village", "assess", "carer"]) {
  const s = await signIn(account, PASSWORD);
  for (const at of lists) {
    const a = await get(s, at);
    if (a.status >= 500 || /\/records\/(elder|visit|stay)\/360313-|"key":"360313-/.test(a.body)) listed.push(`${account} ${at}: ${a.status}`);
  }
  if (account !== "clerk") continue;
  const file = await post(s, "/exports/elder?region=360313", { format: "json" }); // nor is her own region's given in its place
  if (file.status !== 404) listed.push(`exported: ${file.body.slice(0, 200)}`);
}
ok(listed.length === 0, "lists, searches and files of another region are empty", listed.join("\n"));

// ---- a citizen number stands in no address, and is found by the form; holds are asked for by file number
{
  const digits = "36030219300505777", weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const number = digits + "10X98765432"[[...digits].reduce((sum, d, i) => sum + d * weights[i], 0) % 11];
  writeFileSync(join(folder, "found.csv"), `file_no,name,id_number,born,residence\nFOUND1,测寻,${number},1930-05-05,360302001\n`);
  run("import", "elder", join(folder, "found.csv"), "--made-up");
  const s = await signIn("clerk", PASSWORD), pages = [];
  const shown = await post(s, "/search", { q: number });
  ok(shown.status === 200 && shown.body.includes("测寻"), "the form of Find finds a person by the number", shown.status);
  const named = await post(s, "/search", { q: "测寻 &" }), phone = [];
  ok(named.status === 303 && named.headers.location === `/search?q=${encodeURIComponent("测寻 &")}`, "a name is answered under its address, to come back to", `${named.status} ${named.headers.location}`);
  for (const q of [number.slice(0, 17) + "Y".replace("Y", number[17] === "X" ? "1" : "X"), "138 0799-1234", "+86 13807991234", "1234", "１２３４"])
    if ((await post(s, "/search", { q })).status !== 200) phone.push(q);
  ok(phone.length === 0, "a telephone or a mistyped number is put into no address", phone.join());
  const wide = [...number].map((c) => String.fromCodePoint(c.codePointAt(0) + 0xFEE0)).join("");
  const alike = await post(s, "/search", { q: wide });
  ok(alike.status === 200 && alike.body.includes("测寻"), "also by a number in full-width digits", alike.status);
  for (const at of [number, wide].map(encodeURIComponent).flatMap((q) => [`/search?q=${q}`, `/records/elder?q=${q}`, `/api/search?q=${q}`, `/api/records/elder?q=${q}`])) {
    const a = await get(s, at);
    if (a.body.includes("测寻") && a.body.includes("FOUND1")) pages.push(`${at} finds her`);
    if (at.startsWith("/api") ? a.status !== 400 : a.status !== 200 || !/网址/.test(a.body)) pages.push(`${at} does not say why: ${a.status}`);
  }
  // Twelve people with one end of a telephone: the first eight, and the way to all of them.
  const TEL = (i) => `13907${10 + i}7741`;
  writeFileSync(join(folder, "tel.csv"), `file_no,name,born,residence,phone\n${Array.from({ length: 12 }, (_, i) => `TEL${i},测话${i},1940-01-01,360302001,${TEL(i)}\n`).join("")}`);
  run("import", "elder", join(folder, "tel.csv"), "--made-up");
  const few = await post(s, "/search", { q: "7741" }), every = await post(s, "/search", { q: "7741", all: "elder" });
  const count = (a) => new Set(a.body.match(/测话\d+/g) ?? []).size;
  is([few.status, count(few), /name="all" value="elder"/.test(few.body), every.status, count(every)].join(), "200,8,true,200,12", "a telephone's first eight, and all of them by the form again");
  if (/(href|action|hx-get)="[^"]*7741/.test(few.body + every.body)) pages.push("what was found by a telephone leads to an address with its digits");
  for (const q of ["7741", TEL(3), "１３９ ０７１３ ７７４１"].map(encodeURIComponent))
    for (const at of [`/search?q=${q}`, `/records/elder?q=${q}&f_sex=male`, `/api/search?q=${q}`, `/api/records/elder?q=${q}`]) {
      const a = await get(s, at);
      if (/测话/.test(a.body) && /TEL\d/.test(a.body) && !at.startsWith("/records")) pages.push(`${at} finds her`);
      if (at.startsWith("/api") ? a.status !== 400 : a.status !== 200 || !/网址/.test(a.body)) pages.push(`${at} does not say why: ${a.status}`);
      if (a.body.split(/<main/)[0].includes(q) || new RegExp(`(href|action|hx-get)="[^"]*${q}`).test(a.body)) pages.push(`${at} is led on`);
    }
  // The box of a list asks by its form; a list of what is called by her, too.
  const inList = await post(s, "/records/elder", { q: TEL(3), region: "360302001" }), byName = await post(s, "/records/elder", { q: "测话3", region: "360302001" });
  ok(inList.status === 200 && count(inList) === 1 && inList.body.includes("测话3") && !/(href|action|hx-get)="[^"]*7741/.test(inList.body), "a list finds by a telephone, under no address", inList.status);
  is(byName.headers.location, `/records/elder?q=${encodeURIComponent("测话3")}&region=360302001`, "and by a name, under its address");
  is((await post(s, "/records/stay", { q: TEL(3) })).status, 200, "the telephone of whom a stay is about goes into no address either");
  if (!/网址/.test((await get(s, `/records/stay?q=${TEL(3)}`)).body)) pages.push("a list of stays takes a telephone by its address");
  const wideNumber = await post(s, "/search", { q: "１３９０７１３７７４１" });
  ok(wideNumber.body.includes("测话3") && count(wideNumber) === 1, "a telephone in full-width digits is found");
  // A number of a record is none of these, digits or not.
  writeFileSync(join(folder, "digits.csv"), "file_no,name,born,residence\n20210088,测号,1940-01-01,360302001\n");
  run("import", "elder", join(folder, "digits.csv"), "--made-up");
  for (const at of ["/search?q=20210088", "/records/elder?q=20210088", "/api/records/elder?q=20210088"])
    if (!(await get(s, at)).body.includes("测号")) pages.push(`${at} finds no file number`);
  for (const at of ["/", "/search", "/records/elder", "/pay-holds", "/tasks", "/alerts"]) {
    const a = await get(s, at);
    if (/(href|action|hx-get)="[^"]*[1-9]\d{16}[\dX]/.test(a.body)) pages.push(`${at} leads to an address with a number`);
  }
  if (/(href|action)="[^"]*[1-9]\d{16}[\dX]/.test(shown.body)) pages.push("what was found leads to an address with the number");
  ok(pages.length === 0, "no address holds a citizen number", pages.join("\n"));
  const held = await post(s, "/pay-holds", { key: "FOUND1", kind: "other", reason: "先核实一下" });
  is(held.status, 303, "payments are held by the file number, not by what stands in an address");
  const twice = await post(s, "/pay-holds", { key: number, kind: "conflict", reason: "先核实一下" });
  is(twice.status, 303, "or by the citizen number, in the form");
  is((await post(s, "/pay-holds", { key: "NOBODY", kind: "other", reason: "先核实一下" })).status, 400, "who is not there is not held");
}

// ---- no page offers a way its reader may not go
{
  const closed = [];
  for (const account of ["finance", "policy", "leader", "audit", "village", "kin"]) {
    const s = await signIn(account, account === "kin" ? made : PASSWORD), seen = new Set(), todo = ["/"];
    if (account !== "kin" && account !== "village") todo.push("/pay");
    for (let i = 0; i < todo.length && i < 60; i++) {
      const a = await get(s, todo[i]);
      if (a.status === 403) closed.push(`${account} ${todo[i]}`);
      for (const m of a.status === 200 ? a.body.matchAll(/href="(\/[^"#]*)/g) : []) {
        const to = m[1].replace(/&amp;/g, "&"), kind = to.replace(/[?].*/, "").replace(/\d+-[0-9A-Z]+|\d+/g, "N");
        if (/^\/(static|sign|public)/.test(to) || seen.has(kind)) continue;
        seen.add(kind);
        todo.push(to);
      }
    }
  }
  ok(closed.length === 0, "no page leads where its reader may not go", closed.join("\n"));
}

// ---- forged forms: nothing is written
const entries = () => JSON.parse(run("verify", "--json")).journal.entries;
const again = await signIn("clerk", PASSWORD), admin = await signIn("admin", PASSWORD), review = await signIn("review", PASSWORD);
const before = entries(), forged = [];
for (const r of routes.filter((x) => x.method === "POST" && x.right !== "PUBLIC")) {
  const s = r.right === "ACCOUNT_WRITE" ? admin : again, at = addressOf(r, near.key, numbers.near);
  const tries = {
    "no token": await ask("POST", at, { ...FORM, Cookie: s.cookie }, "x=1"),
    "another's token": await ask("POST", at, { ...FORM, Cookie: s.cookie }, `csrf=${review.csrf}`),
    "token in the address": await ask("POST", `${at}?csrf=${s.csrf}`, { ...FORM, Cookie: s.cookie }, "x=1"),
    "another site": await ask("POST", at, { ...FORM, Origin: "http://evil.example", Cookie: s.cookie }, `csrf=${s.csrf}`),
    "a site whose name begins like ours": await ask("POST", at, { ...FORM, Origin: `${ORIGIN}.evil.example`, Cookie: s.cookie }, `csrf=${s.csrf}`),
    "no origin": await ask("POST", at, { "Content-Type": FORM["Content-Type"], Cookie: s.cookie }, `csrf=${s.csrf}`),
    "origin null": await ask("POST", at, { ...FORM, Origin: "null", Cookie: s.cookie }, `csrf=${s.csrf}`),
    "as plain text": await ask("POST", at, { ...FORM, "Content-Type": "text/plain", Cookie: s.cookie }, `csrf=${s.csrf}`),
    "as JSON": await ask("POST", at, { ...FORM, "Content-Type": "application/json", Cookie: s.cookie }, `{"csrf":"${s.csrf}"}`),
  };
  for (const [what, a] of Object.entries(tries)) if (a.status !== 403 && a.status !== 415) forged.push(`${r.path}, ${what}: ${a.status}`);
}
ok(forged.length === 0, "a form without the proof is refused at every address", forged.join("\n"));
is(entries(), before, "and wrote nothing");

// ---- methods, paths, headers
const village = await signIn("village", PASSWORD), odd = [];
const refused = (what, a, ...statuses) => { if (!statuses.includes(a.status)) odd.push(`${what}: ${a.status}`); };
for (const m of ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]) refused(`${m} /accounts`, await ask(m, "/accounts", { Cookie: admin.cookie, Origin: ORIGIN }), 405, 400, 501);
refused("HEAD of what one may not open", await ask("HEAD", "/accounts", { Cookie: village.cookie }), 403);
for (const path of ["/accounts/", "//accounts", "/./accounts", "/x/../accounts", "/%2e%2e/accounts", "/%61ccounts", "/accounts%2f", "/accounts;x", "/Accounts", "/accounts%20", "/tasks/../accounts", "/static/../accounts", "/accounts?x=1", "/accounts%3fx"])
  refused(`GET ${path}`, await get(village, path), 400, 403, 404);
for (const path of ["/static/../web/texts.tsv", "/static/%2e%2e/%2e%2e/etc/passwd", "/static//etc/passwd", "/static/", "/../etc/passwd", "/.git/config", "/records/elder/%00", "/records/elder/..%2f..%2faccounts", `/records/elder/${near.key}%2fhistory`, `/records/elder/${near.key}%00`])
  refused(`GET ${path}`, await get(again, path), 400, 403, 404);
for (const h of [{ "X-Original-URL": "/accounts" }, { "X-Rewrite-URL": "/accounts" }, { "X-HTTP-Method-Override": "POST" }, { "X-Forwarded-User": "admin" }, { "X-Forwarded-Host": "evil.example" }, { Authorization: "Basic YWRtaW46YW5sYW8tZGVtby0yMDIw" }, { "X-CSRF-Token": admin.csrf }])
  refused(`${Object.keys(h)[0]} on /accounts`, await ask("GET", "/accounts", { Cookie: village.cookie, ...h }), 403);
ok(!(await ask("GET", "/tasks", { Cookie: village.cookie, "X-Original-URL": "/accounts", "X-Forwarded-Host": "evil.example" })).body.includes("evil.example"), "a header does not name the site");
refused("two sessions at once, the mightier last", await ask("GET", "/accounts", { Cookie: `${village.cookie}; ${admin.cookie}` }), 403);
refused("a session that was made up", await ask("GET", "/accounts", { Cookie: "anlao_session=00000000000000000000000000000000000000000000000000000000000000000" }), 303);
const to = await ask("GET", "/sign-in?to=https://evil.example/", {});
ok(!/action="https:|href="https:\/\/evil/.test(to.body), "signing in leads to this site alone");
refused("a form of 2 MB", await ask("POST", "/records/elder/new", { ...FORM, Cookie: again.cookie }, `csrf=${again.csrf}&x=${"y".repeat(2 << 20)}`).catch(() => ({ status: 413 })), 413);
refused("10,000 fields", await ask("POST", "/records/elder/new", { ...FORM, Cookie: again.cookie }, `csrf=${again.csrf}${"&x=1".repeat(10000)}`), 400, 413);
refused("an address of 10,000 characters", await get(again, `/records/elder?q=${"y".repeat(10000)}`), 414);
const raw = (text) => new Promise((done) => {
  const s = connect(port, "127.0.0.1");
  let out = "";
  s.on("data", (t) => { out += t; });
  s.on("close", () => done(out));
  s.on("error", () => done(out));
  s.setTimeout(5000, () => s.destroy());
  s.write(text);
});
const line = (text) => raw(`${text}\r\nConnection: close\r\n\r\n`).then((t) => ({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(t)?.[1] ?? 0), body: t }));
refused("two hosts", await line(`GET /health HTTP/1.1\r\nHost: a\r\nHost: b`), 400);
refused("no host", await line("GET /health HTTP/1.1"), 400);
refused("a folded header", await line("GET /health HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2"), 400);
refused("two lengths", await line("POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2"), 400);
refused("a length and chunks", await line("POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked"), 400, 501);
refused("a whole address", await line("GET http://evil.example/accounts HTTP/1.1\r\nHost: a"), 400);
ok(odd.length === 0, "odd methods, paths, headers and sizes open nothing", odd.join("\n"));

server.removeAllListeners("exit");
server.kill("SIGTERM");
finish();
