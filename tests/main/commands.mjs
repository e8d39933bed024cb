// commands.mjs — a demonstration from init to verify, as a bureau would use the command line.
import { cpSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, program, root, database } from "./tap.mjs";
import { spawnSync } from "node:child_process";

const db = ["--db", database("demo")];
const regions = new Map([
  ["全市合计", "360300"], ["安源区", "360302"], ["湘东区", "360313"], ["芦溪县", "360323"], ["上栗县", "360322"],
  ["莲花县", "360321"], ["萍乡经济技术开发区管委会", "3603J1"], ["武功山风景名胜区管委会", "3603W1"]]);

const check = json("check");
is(check.errors, 0, "the packs compile without an error");
is(check.warnings, 0, "and without a warning");
ok(check.examples > 40, `their ${check.examples} examples hold`);

is(anlao("init", "--place", "360300", "--demo", ...db).status, 0, "init makes a demonstration database for 萍乡");
const made = anlao("demo", "--elders", "3000", "--seed", "7", ...db);
is(made.status, 0, "demo fills it" );
if (made.status !== 0) console.log(`# ${made.err}`);
ok(anlao("init", "--place", "360300", "--demo", ...db).status === 1, "a second init refuses the existing file");

// What the command line cannot read is said in both languages, with the way to write it.
const below = anlao("ledger", "transfer", "time_bank_hours", "-", "a", "-5", "--reason", "登记错了人", ...db);
ok(below.status === 2 && /anlao ledger … -- -5/.test(below.err) && /负数写在 -- 之后/.test(below.err), "a number below zero is no option, and how it is written", below.err);
const behind = anlao("ledger", "transfer", "time_bank_hours", "--reason", "登记错了人", ...db, "--", "-", "a", "-5");
ok(behind.status !== 0 && !/option/.test(behind.err), "behind -- it is read", behind.err);
const bytes = spawnSync("sh", ["-c", `exec "$0" search "$(printf '\\264\\372')" "$@"`, program, ...db], { encoding: "utf8", env: { ...process.env, ANLAO_HOME: root } });
ok(bytes.status === 2 && /word 1 behind "search" is not UTF-8/.test(bytes.stderr) && /第 1 个词不是 UTF-8/.test(bytes.stderr), "a word in GB 18030 is not UTF-8, and what to do", bytes.stderr);
const unknown = anlao("ledger", "balances", "--nonsense", ...db);
ok(unknown.status === 2 && /--nonsense/.test(unknown.err), "an option that is none", unknown.err);

// The annex, cell by cell.
const figures = json("figures", "--on", "2021-12-31", "--by", "region", ...db);
const cells = new Map();
for (const f of figures.figures ?? []) cells.set(`${f.indicator}|${f.region}|${f.period}`, f);
const names = new Map([
  ["urban_facilities_cumulative", "urban_facilities"], ["rural_mutual_meal_facilities_cumulative", "rural_mutual_meal_facilities"],
  ["embedded_homes_new", "new_embedded_homes"], ["beds_new", "new_beds"], ["nursing_beds_new", "new_nursing_beds"]]);
const lines = readFileSync(join(root, "tests/packs/pingxiang-targets.csv"), "utf8").trim().split("\n").slice(1);
let compared = 0, wrong = [];
for (const line of lines) {
  const [region, indicator, year, value] = line.split(",");
  if (!names.has(indicator) || year === "total") continue;
  const stock = indicator.endsWith("cumulative");
  const found = cells.get(`${names.get(indicator)}|${regions.get(region)}|${stock ? `${year}-12-31` : year}`);
  compared++;
  if (found?.target !== Number(value) || found.compare !== ">=" || !found.clause.startsWith("附件")) wrong.push(line);
}
is(compared, 120, "120 yearly cells of the annex were compared");
ok(wrong.length === 0, "each target in the running system equals the annex", wrong.join("\n"));
const sum = (period) => [...regions.values()].slice(1).reduce((n, r) => n + (cells.get(`new_beds|${r}|${period}`)?.value ?? NaN), 0);
is(sum("2020"), cells.get("new_beds|360300|2020")?.value, "the city's new beds of 2020 are the sum of its districts'");

const decided = json("decide", "--month", "2021-09", ...db);
ok(decided.rules?.length > 5, "decide reports every rule");
is(json("decide", "--month", "2021-09", ...db).changed, 0, "deciding again changes nothing");
const subsidy = decided.rules?.find((r) => r.rule === "operating_subsidy");
ok(subsidy && subsidy.yes > 0 && subsidy.unknown > 0, "operating_subsidy has yes, and unknown where nobody assessed", JSON.stringify(subsidy));

const verified = json("verify", ...db);
is(verified.ok, true, "verify finds everything as it was written");
is(verified.decisions?.differ, 0, "stored decisions equal their recomputation");

// Who may sign in; what a post may do.
const made_account = anlao("user", "add", "zhang", "--role", "clerk", "--region", "360302", "--shown", "张经办", ...db);
is(made_account.status, 0, "an account is made");
ok(/password, shown this once: [a-z2-9]{20}/.test(made_account.out), "with a password that is shown once");
ok(json("user", "list", ...db).accounts?.some((a) => a.name === "zhang" && a.shown === "张经办" && !a.closed), "and listed");
is(anlao("user", "close", "zhang", "--as", "zhang", ...db).status, 1, "a clerk closes no account");
is(anlao("user", "close", "zhang", "--as", "admin", ...db).status, 0, "the administrator does");
ok(json("user", "list", ...db).accounts?.some((a) => a.name === "zhang" && a.closed), "and it is closed");
const audit = json("audit", "village");
ok(audit.rights?.includes("PERSON_WRITE") && !audit.rights.includes("REVEAL"), "audit says what a village worker may do", audit.rights);
ok(!audit.pages?.some((p) => p.path.includes("reveal") || p.path.startsWith("/accounts")), "and which pages stay closed");
const out = anlao("export", "elder", "--format", "json", "--as", "clerk", ...db);
const exported = JSON.parse(out.out);
ok(exported.count > 0 && exported.records.every((r) => r.id_number === null || r.id_number.includes("*")), "an export masks every number");
is(anlao("export", "elder", "--as", "village", ...db).status, 1, "a village worker exports nothing");

// One decision as sentences.
const key = "PX00000001";
const keys = anlao("explain", "elder", "no-such-file", "old_age_allowance", "--on", "2021-09-30", ...db);
is(keys.status, 1, "explain of an unknown file says so");
ok(/there is no elder/.test(keys.err), "in words", keys.err);

// Import: good rows in, bad rows out with reasons.
const file = join(folder, "elders.csv");
writeFileSync(file, "file_no,姓名,出生日期（证件）,常住地,公民身份号码\n" +
  "T1,测甲,1940-06-30,360302101,360399194006300011\n" +
  "T2,测乙,1940-13-30,360302101,\n" +
  "T3,测丙,1941-01-01,999999,\n");
const good = json("import", "elder", file, "--made-up", ...db);
is(good.accepted, 1, "import takes the good row");
is(good.rejected, 2, "and gives back two");
ok(good.rejected_file && existsSync(good.rejected_file) && readFileSync(good.rejected_file, "utf8").includes("T2"),
  "with their reasons in a file");
// Found again as people remember it; a sender's own columns, kept by her name.
const pinyin = json("search", "cejia", "--in", "elder", ...db);
is(pinyin.found?.[0]?.total, 1, "the new person is found by pinyin");
is(pinyin.found?.[0]?.records?.[0]?.title, "测甲", "by her name");
is(json("search", "cj", "--in", "elder", "--as", "village", ...db).status, 0, "also by first letters, in one's own village");
const own = join(folder, "own.csv");
writeFileSync(own, "编号,老人,哪天生的,住哪,电话,说明\nT9,测　丁,1940.6.1,360302101,0799-0123456,外迁\n合计,1,,,,\n");
is(anlao("import", "elder", own, "--made-up", ...db).status, 1, "columns of one's own are refused until they are said");
const mapped = json("import", "elder", own, "--made-up", "--map", "编号=file_no", "--map", "老人=name", "--map", "哪天生的=born", "--map", "住哪=residence",
  "--map", "电话=phone", "--map", "说明=*", "--keep", "青山镇", ...db);
is(`${mapped.accepted} ${mapped.skipped} ${mapped.remarked}`, "1 1 1", "then the row is taken, the sum passed over, the remark said");
is(json("import", "elder", own, "--made-up", "--profile", "青山镇", ...db).unchanged, 1, "and the sender's columns are kept");
is(json("search", "3456", "--in", "elder", ...db).found?.[0]?.records?.[0]?.title, "测丁", "she is found by the end of her telephone");
const why = json("explain", "elder", "T1", "old_age_allowance", "--on", "2021-09-30", ...db);
ok(["yes", "no", "unknown"].includes(why.outcome) && why.lines?.length > 0, "the new person's allowance is explained", JSON.stringify(why).slice(0, 400));
ok(why.lines?.every((l) => l.text_zh && l.text_en), "in Chinese and in English");
is(json("verify", ...db).ok, true, "and the chain still holds");

// Months that nobody decided are right, and a stored amount changed by hand is found.
const skipped = json("decide", "--month", "2022-01", ...db);
is(skipped.last, "2022-01", "decide goes on to a later month");
is(json("decide", "--month", "2022-01", "--everything", ...db).changed, 0, "and deciding everything anew changes nothing");
is(json("verify", ...db).decisions?.differ, 0, "in no month");

// Other documents are put in force by a command that says so, never by opening.
const packs = join(folder, "packs");
cpSync(join(root, "packs"), packs, { recursive: true });
const allowance = join(packs, "places/pingxiang-old-age-allowance.md");
writeFileSync(allowance, readFileSync(allowance, "utf8").replaceAll("1000 yuan", "1100 yuan"));
const refused = anlao("decide", "--month", "2021-09", "--packs", packs, ...db);
is(refused.status, 1, "a folder with other documents is refused");
ok(/anlao policy/.test(refused.err), "and the way is named", refused.err);
const shown = json("policy", "--packs", packs, ...db);
is(shown.put_in_force, false, "policy shows what differs");
is(shown.rules?.map((r) => r.rule).join(), "old_age_allowance", "which rules say something else");
is(shown.rules?.[0]?.from, "2020-01", "and from which month on");
const put = json("policy", "--packs", packs, "--put-in-force", "--reason", "test", ...db);
is(put.put_in_force, true, "puts it in force when told to");
is(put.in_force, 2, "as the second policy");
const anew = json("decide", "--month", "2022-01", ...db);
is(anew.rules_whole, 1, "that rule alone is decided for everybody");
is(json("verify", ...db).ok, true, "and everything is as it was written");

// Bad use.
is(anlao("nonsense").status, 2, "an unknown command is wrong usage");
is(anlao("figures", "--on", "yesterday", ...db).status, 2, "a day that is none is wrong usage");
const book = "长".repeat(30000); // 90 KB
for (const words of [[book], ["figures", "--on", book], ["figures", `--${book}`], ["explain", "elder", book, "x"], ["ledger", "balances", "--account", book],
  ["paper", book, "1"], ["pay", "show", book]]) {
  const told = anlao(...words, ...db);
  ok(told.status > 0 && !told.err.includes(book.slice(0, 2000)), `${words[0].slice(0, 9)}: what was given is not repeated in full`, told.err.slice(0, 200));
}
is(anlao("check", join(folder, "nothing.md")).status, 1, "a document that is not there is said");
finish();
