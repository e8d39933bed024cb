// erase.mjs — a person goes through everything an office does with a file, then is erased by law: nothing that was said of her
// stands in any table or page of the database, what the law keeps (amounts, digests) stays, and the history still verifies.
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { anlao, json, ok, is, finish, folder, program, root, database, onPostgres, where } from "./tap.mjs";

const db = database("erase"), at = (...more) => [...more, "--db", db];
const packs = join(folder, "packs");
cpSync(join(root, "packs"), packs, { recursive: true });
writeFileSync(join(packs, "places", "judged-2021.md"), `---
document: judged-2021
title: 认定试点
layer: place
place: 360300
in force: 2021-01-01
---

# 一 认定 / Judgements

\`\`\`anlao
judgement worst_case "极特别困难" / "worst case" of elder by civil_affairs county needs minutes gives bool
\`\`\`
`);
{
  const r = anlao(...at("init", "--place", "360300", "--demo", "--packs", packs));
  is(r.status, 0, `a database ${r.err}`);
}
const citizen = (digits) => {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return digits + "10X98765432"[[...digits].reduce((sum, d, i) => sum + d * weights[i], 0) % 11];
};
const number = citizen("36030219300505777"), twice = citizen("36030219300505888"), phone = "13977776666";
function fine(what, ...args) {
  const r = anlao(...at(...args));
  ok(r.status === 0, what, `${r.status} ${args.join(" ")}\n${r.err}${r.out}`);
  return r.out;
}
function load(entity, header, ...rows) {
  const csv = join(folder, "rows.csv");
  writeFileSync(csv, `${[header, ...rows].join("\n")}\n`);
  const r = json(...at("import", entity, csv, "--made-up"));
  ok(r.accepted + r.changed === rows.length, `${entity}: ${rows.length} taken`, JSON.stringify(r));
  return r;
}
// Every text that is hers alone reads QQ…Q.
function left(uri = db) {
  const found = new Set(), look = (bytes) => {
    for (const m of bytes.toString("latin1").matchAll(new RegExp(`QQ[a-z0-9]+Q|${number}|${twice}|${phone}`, "g"))) found.add(m[0]);
  };
  if (!onPostgres) {
    for (const end of ["", "-wal", "-shm", "-journal"]) if (existsSync(uri.replace("sqlite:", "") + end)) look(readFileSync(uri.replace("sqlite:", "") + end));
  } else {
    const ask = (sql) => spawnSync("psql", ["-qXAt", uri, "-c", sql], { maxBuffer: 1 << 28 }).stdout;
    for (const t of String(ask("SELECT tablename FROM pg_tables WHERE schemaname=current_schema()")).trim().split("\n"))
      look(ask(`SET bytea_output='escape'; SELECT r FROM "${t}" r`));
  }
  return [...found].sort().join(" ");
}

// ---- what happens to her ------------------------------------------------------------------------
const dated = "pension_kind,economy,tekun_self_care,support_form,residence_kind";
load("elder", `file_no,name,id_number,nickname,born,residence,household_register,address,phone,next_contact,payee,social_card_account,${dated}`,
  `QQfilenoQ,QQpastQ,${number},QQnickQ,1930-05-05,360302101,360302101,QQoldaddrQ,${phone},QQcontactQ,QQpayeeQ,6217000011112222,resident,tekun,full_care,scattered,urban`,
  `QQtwiceQ,QQnameQ,${twice},,1930-05-05,360302101,360302101,QQsecondaddrQ,${phone},,,,,,,,`,
  ...[1, 2, 3].map((i) => `OTHER${i},测${i}甲,${citizen(`3603021930050511${i}`)},,1930-05-05,360302101,360302101,东街${i}号,,,,6217000011110${i}00,resident,tekun,full_care,scattered,urban`));
load("elder", "file_no,name,address", "QQfilenoQ,QQnameQ,QQaddrQ");
load("elder", "file_no,living", "QQfilenoQ,alone");
load("household_member", "elder,name,relation,supports", "QQfilenoQ,QQmemberQ,儿子,yes");
load("visit", "elder,visited_on,visitor,means,outcome,note", "QQfilenoQ,2021-09-10,grid_worker,at_home,seen,QQvisitQ 老人在家", "OTHER1,2021-09-10,grid_worker,at_home,seen,好");
load("payment_doubt", "elder,kind,source,says,found_on", "QQfilenoQ,doubt_other,QQsourceQ,QQsaysQ,2021-12-01");
{
  const csv = join(folder, "refused.csv");
  writeFileSync(csv, "file_no,name,born\nQQrefusedQ,QQrefusednameQ,1930-13-13\n");
  is(json(...at("import", "elder", csv, "--made-up")).rejected, 1, "a row about her is refused");
}
const pdf = join(folder, "QQpdfQ.pdf");
writeFileSync(pdf, "%PDF-1.4\nQQinsideQ\n%%EOF\n");
fine("a file lies with her", "file", "add", "elder", "QQfilenoQ", pdf, "--reason", "QQfilereasonQ 身份证明");
fine("an office there, too", "user", "add", "second", "--role", "clerk", "--region", "360313");
fine("she was found twice, and is one", "same", "merge", "elder", "QQtwiceQ", "QQfilenoQ", "--reason", "QQmergeQ 同一人");
fine("another is not she", "same", "apart", "elder", "OTHER3", "QQfilenoQ", "--reason", "QQapartQ 只是同龄");
fine("a claim goes its way", "step", "benefit_claim", "new", "--set", "elder=QQfilenoQ", "--set", "benefit_name=QQbenefitQ", "--set", "begun_on=2021-08-01",
  "--set", "objection=QQobjectQ", "--reason", "QQclaimQ 申请", "--as", "clerk");
fine("the register is taken along", "export", "elder", "--to", join(folder, "all.csv"), "--reveal", "核对号码", "--as", "clerk");
{
  const match = json(...at("search", "QQnameQ", "--in", "elder"));
  is(match.found?.[0]?.records?.length, 1, "she is found by her name");
}
const theirs = join(folder, "insured.csv");
writeFileSync(theirs, `身份证号,name,medically_insured\n${number},QQtheirsQ,yes\n`);
fine("another office's file is compared", "exchange", "take", "elder.insured_status", theirs, "--from", "medical_insurance", "--letter", "医保函7号", "--made-up", "--as", "clerk");
const change = json(...at("change", "list")).changes;
is(change.length, 1, "and what it says of her waits for a second person");
fine("who looked is asked", "audit", "--person", "QQfilenoQ");
// money
fine("two months are decided", "decide", "--month", "2021-08");
fine("two months are decided", "decide", "--month", "2021-09");
fine("money is there", "pay", "arrange", "unstated", "1000000", "--region", "360302", "--reason", "年度预算", "--as", "finance");
const paid = json(...at("pay", "--month", "2021-08", "--since", "2021-08", "--as", "clerk"));
ok(paid.lines > 0, "she and her neighbours are owed something", JSON.stringify(paid).slice(0, 200));
const bank = join(folder, "bank.csv");
for (const [step, who, ...more] of [["review", "review"], ["approve", "leader"], ["finance", "clerk"], ["release", "finance"], ["bank-file", "clerk", "--to", bank]])
  fine(`the run: ${step}`, "pay", step, "1", ...more, "--as", who);
ok(readFileSync(bank, "utf8").includes("QQnameQ"), "the bank's file names her");
fine("her money is held", "pay", "hold", "elder", "QQfilenoQ", "--kind", "other", "--reason", "QQholdQ 先核实", "--as", "clerk");
const hold = json(...at("pay", "holds", "--as", "clerk")).holds[0].number;
fine("and no longer", "pay", "unhold", hold, "--reason", "QQunholdQ 核实无误", "--as", "review");
fine("it is held again", "pay", "hold", "elder", "QQfilenoQ", "--kind", "conflict", "--reason", "QQhold2Q 重复", "--as", "clerk");
{
  const answer = join(folder, "reply.csv"), lines = readFileSync(bank, "utf8").trim().split("\n").slice(1);
  writeFileSync(answer, ["流水号,结果,原因", ...lines.map((l) => `${l.split(",")[0]},${l.includes("OTHER3") ? "失败,户名不符" : "成功,"}`)].join("\n") + "\n");
  fine("the bank answers", "pay", "reply", "1", answer, "--as", "clerk");
}
fine("her next money is held", "pay", "hold", "elder", "QQfilenoQ", "--kind", "proof", "--reason", "QQhold3Q 查证", "--as", "clerk");
const run = json(...at("pay", "--month", "2021-09", "--as", "clerk"));
ok(run.lines > 0 && run.held > 0, "a month later her neighbours are paid, and she is not", JSON.stringify(run).slice(0, 200));
// papers
for (const paper of ["allowance_application", "elder_card", "visit_card", "means_authorisation"])
  fine(`a paper about her: ${paper}`, "paper", paper, "QQfilenoQ", "--issue", "--as", "clerk");
for (const [paper, key] of [["visit_ledger", "360302"], ["payment_roster", "1"], ["payment_holds", "2"]])
  fine(`a paper that names her: ${paper}`, "paper", paper, key, "--issue", "--on", "2021-09-30", "--as", "clerk");
// what is entered on the pages
async function served(act, ...more) {
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--db", db, ...more], { env: { ...process.env, ANLAO_HOME: root }, cwd: where, stdio: ["ignore", "pipe", "ignore"] });
  const address = await new Promise((done) => child.stdout.once("data", (d) => done(String(d).match(/http:[^\s]*/)[0].replace(/\/$/, ""))));
  await act(address);
  child.kill("SIGTERM");
  await new Promise((done) => child.on("exit", done));
}
const hidden = (text, name) => text.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? "";
async function signedIn(address, account) {
  const cookies = (r) => r.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ");
  const door = await fetch(`${address}/sign-in`), form = await door.text();
  const send = (path, body, cookie) => fetch(`${address}${path}`, { method: "POST", redirect: "manual", headers: { origin: address, cookie, ...(body instanceof FormData ? {} : { "content-type": "application/x-www-form-urlencoded" }) }, body });
  const entered = await send("/sign-in", new URLSearchParams({ csrf: hidden(form, "csrf"), account, password: "anlao-demo-2020" }).toString(), cookies(door));
  is(entered.status, 303, `${account} signs in`);
  const cookie = cookies(entered), get = async (path) => (await fetch(`${address}${path}`, { headers: { cookie } })).text();
  // The form of a page with what is hidden in it, as a browser sends it.
  const fill = async (what, page, path, fields, status = 303) => {
    const text = await get(page), kept = Object.fromEntries(["csrf", "request", "seq"].map((n) => [n, hidden(text, n)]));
    const r = await send(path, new URLSearchParams({ ...kept, ...fields }).toString(), cookie);
    ok(r.status === status, `on the page: ${what}`, `${r.status} ${r.status === status ? "" : (await r.text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").slice(0, 1500)}`);
  };
  const upload = async (what, page, path, name, bytes, fields) => {
    const body = new FormData(), text = await get(page);
    for (const [n, v] of Object.entries({ csrf: hidden(text, "csrf"), request: hidden(text, "request"), ...fields })) body.append(n, v);
    body.append("file", new Blob([bytes]), name);
    const r = await send(path, body, cookie);
    ok(r.status === 303, `on the page: ${what}`, `${r.status} ${(await r.text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").slice(0, 1500)}`);
  };
  return { get, fill, upload };
}
await served(async (address) => {
  const id = json(...at("search", "QQnameQ", "--in", "elder")).found[0].records[0].id, her = `/records/elder/360302-${id}`, clerk = await signedIn(address, "clerk");
  await clerk.fill("her file is corrected", `${her}/edit`, `${her}/edit`, { f_nickname: "QQwebnickQ", f_next_contact: "QQwebcontactQ", reason: "QQwebeditQ 本人更正" });
  await clerk.fill("a form is refused", `${her}/edit`, `${her}/edit`, { f_nickname: "QQwebrefusedQ", f_born: "1930-13-13", reason: "QQwebrefusedreasonQ" }, 422);
  await clerk.fill("it is decided that she is in hardship", `${her}/edit`, `${her}/edit`, { f_worst_case: "yes", since_worst_case: "2021-09-01", reason: "QQjudgedQ minutes 局务会议纪要" });
  await clerk.fill("and once more, otherwise", `${her}/edit`, `${her}/edit`, { f_worst_case: "no", since_worst_case: "2021-10-01", reason: "QQjudgedagainQ minutes 局务会议纪要" });
  await clerk.fill("a member of her family", "/records/household_member/new", "/records/household_member/new", { f_elder: id, f_name: "QQwebmemberQ", f_relation: "女儿", reason: "QQwebmemberreasonQ" });
  await clerk.fill("a visit to her", "/records/visit/new", "/records/visit/new", { f_elder: id, f_visited_on: "2021-09-11", f_visitor: "grid_worker", f_means: "at_home", f_outcome: "seen", f_note: "QQwebvisitQ" });
  await clerk.fill("her number is looked at in full", `${her}/reveal/id_number`, `${her}/reveal/id_number`, { reason: "QQwebrevealQ 核对证件" }, 200);
  await clerk.fill("she is looked for by her number", "/search", "/search", { q: number }, 200);
  await clerk.fill("her payments are held", "/pay-holds", "/pay-holds", { key: id, kind: "other", reason: "QQwebholdQ 来电反映" });
  await clerk.upload("a letter of hers", her, `${her}/files`, "QQwebfileQ.pdf", "%PDF-1.4\nQQwebinsideQ\n%%EOF\n", { reason: "QQwebfilereasonQ 来信" });
  await clerk.upload("a list with her in it, never confirmed", "/imports", "/imports", "QQweblistQ.csv", "file_no,name\nQQfilenoQ,QQwebrowQ\n", { entity: "elder", made_up: "yes" });
});
fine("a move is asked for", "move", "ask", "elder", "QQfilenoQ", "--to", "360313001", "--on", "2021-09-15", "--reason", "QQmoveQ 随子女");
fine("and accepted there", "move", "accept", json(...at("move", "list")).moves[0].number, "--reason", "QQacceptQ 同意接收", "--as", "second");
// an older copy, and the second place
const recipient = join(folder, "recipient"), copy = join(folder, "older.anlao"), ship = join(folder, "second");
is(anlao("keys", "recipient", recipient).status, 0, "who may open copies");
fine("a copy of now", "backup", copy, "--to", `${recipient}.pub`);
mkdirSync(ship);
async function shipped() {
  await served(async (address) => {
    for (const end = Date.now() + 20000; Date.now() < end; await wait(100)) {
      const h = await (await fetch(`${address}/health`)).json();
      if (h.ship === "ok" && h.ship_behind === 0) break;
    }
  }, "--ship", ship);
}
await shipped();

// ---- she is erased ------------------------------------------------------------------------------
const before = left(), sums = json(...at("pay", "show", "1", "--as", "clerk"));
for (const word of ["QQnameQ", "QQvisitQ", "QQholdQ", "QQmergeQ", "QQmoveQ", "QQclaimQ", "QQpdfQ", "QQwebeditQ", "QQjudgedQ", "QQwebmemberQ", "QQwebvisitQ", "QQwebholdQ"]) ok(before.includes(word), `${word} stands in the database`);
is(anlao(...at("erase", "elder", "QQfilenoQ", "--ordered-by", "区数据局", "--reason", "第四十七条", "--keep", "no_such")).status, 1, "what the law has kept is named by its entity");
const erased = json(...at("erase", "elder", "QQfilenoQ", "--ordered-by", "区数据局 2026-11 号", "--reason", "个人信息保护法第四十七条"));
ok(erased.status === 0 && erased.wiped && erased.with > 5 && erased.papers === 3, "she is erased by law, with all that hung on her", JSON.stringify(erased));
is(left(), "", "nothing of her stands anywhere in the database");
const sound = (uri, what) => {
  const v = json("verify", "--db", uri);
  ok(v.ok === true, what, JSON.stringify(v).slice(0, 600));
};
sound(db, "the history still verifies");
// What its lines wait for is asked as things stand now.
const asPaid = (runs) => JSON.stringify(runs.map(({ waits, ...rest }) => rest));
is(asPaid(json(...at("pay", "show", "1", "--as", "clerk")).runs), asPaid(sums.runs), "what was paid stays as it was");
is(json(...at("search", "QQnameQ", "--in", "elder")).found?.[0]?.records?.length ?? 0, 0, "nobody is found by her name");
const roster = json(...at("audit", "--person", "OTHER1"));
is(roster.status, 0, "her neighbours' files are as they were");
{
  const list = anlao(...at("export", "elder", "--to", join(folder, "after.csv")));
  is(list.status, 0, "the register is there");
  const text = readFileSync(join(folder, "after.csv"), "utf8");
  ok([1, 2, 3].every((i) => text.includes(`测${i}甲`)), "with her neighbours in it", text);
}
fine("erasing once more, by number, changes nothing", "erase", "--list");
const again = json(...at("pay", "--month", "2021-10", "--dry-run", "--as", "clerk"));
ok(again.status !== 0 || again.recoveries_fen === 0, "no payment is taken back for it", JSON.stringify(again).slice(0, 300));

// ---- copies of before ---------------------------------------------------------------------------
const list = join(folder, "erased.tsv");
fine("what was erased, as a list", "erase", "--list", "--to", list);
ok(!/QQ/.test(readFileSync(list, "utf8")) && readFileSync(list, "utf8").split("\n").length > 6, "which names nobody", readFileSync(list, "utf8"));
const older = onPostgres ? database("older") : `sqlite:${join(folder, "older.db")}`;
const keyOf = (uri) => (onPostgres ? join(where, `${uri.replace(/[?].*/, "").replace(/.*[/]/, "")}.key`) : `${uri.replace("sqlite:", "")}.key`);
{
  const r = anlao("restore", copy, "--with", recipient, "--db", older, "--reason", "the machine is gone");
  ok(r.status === 0, "the older copy is put back", r.err);
  copyFileSync(keyOf(db), keyOf(older));
}
ok(left(older).includes("QQnameQ"), "she is back");
is(anlao("erase", "--again", pdf, "--db", older).status, 1, "what is no list is refused");
const done = json("erase", "--again", list, "--db", older);
ok(done.status === 0 && done.done > 5, "the list erases her again", JSON.stringify(done));
is(left(older), "", "and nothing of her stands there");
sound(older, "that one verifies, too");
is(json("erase", "--again", list, "--db", older).done, 0, "a second time there is nothing to do");
await shipped();
const rebuilt = onPostgres ? database("rebuilt") : `sqlite:${join(folder, "rebuilt.db")}`;
{
  const r = anlao("rebuild", ship, "--db", rebuilt, "--reason", "the machine is gone");
  ok(r.status === 0, "a node is rebuilt from the second place", r.err);
  copyFileSync(keyOf(db), keyOf(rebuilt));
}
is(left(rebuilt), "", "where nothing of her is left");
sound(rebuilt, "and verifies");
finish();
