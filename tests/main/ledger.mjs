// ledger.mjs — declared accounts over a demonstration database: what was recorded has moved them, both sides add up to nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, database } from "./tap.mjs";

const db = ["--db", database("ledger")];
is(anlao("init", "--place", "360300", "--demo", ...db).status, 0, "a database with the documents in force there");
is(anlao("demo", "--elders", "800", "--seed", "3", ...db).status, 0, "made-up people, services, gifts");
const verified = json("verify", ...db);
ok(verified.ok && verified.ledger.transfers > 50, `${verified.ledger?.transfers} transfers, each what its record says`, JSON.stringify(verified));

// ---- balances

const all = json("ledger", "balances", "--as", "leader", ...db).balances ?? [];
const sums = new Map();
for (const b of all) sums.set(`${b.account} ${b.county}`, (sums.get(`${b.account} ${b.county}`) ?? 0) + b.posted);
ok(sums.size > 5 && [...sums.values()].every((n) => n === 0), "every account adds up to nothing in each county", JSON.stringify([...sums]));
ok(all.every((b) => !b.outside), "no made-up account lies outside its limits");
ok(all.every((b) => b.account !== "time_bank_hours" || (b.unit === "minute" && b.clause === "二(四)12e")), "each names its unit and clause");
const clerk = json("ledger", "balances", "--as", "clerk", ...db).balances;
ok(clerk.length > 0 && clerk.length < all.length && clerk.every((b) => b.county === 360302), "a county's clerk sees the county's");
ok(json("ledger", "balances", "--as", "village", ...db).balances.every((b) => b.unit !== "fen"), "who sees no amounts sees hours alone");
is(anlao("ledger", "balances", "--as", "policy", ...db).status, 1, "who sees no records sees no balances");
is(anlao("ledger", "balances", "--account", "none", ...db).status, 1, "an account nobody declared is an error");

// ---- one account

const rich = clerk.filter((b) => b.account === "time_bank_hours" && b.record && b.posted >= 60).sort((a, b) => b.posted - a.posted)[0];
const one = json("ledger", "statement", "volunteer", rich.record, "time_bank_hours", "--as", "clerk", ...db);
ok(one.posted === rich.posted && one.lowest === 0 && one.moves[0].balance === one.posted, "the statement ends with the balance");
is(one.moves.reduce((n, m) => n + m.amount, 0), one.posted, "its moves add up to it");
ok(one.moves.every((m) => ["service_done", "hours_spent", "hours_gift"].includes(m.event) && m.record), "each names the record it follows from");
const file = join(folder, "statement.csv");
is(anlao("ledger", "statement", "volunteer", rich.record, "time_bank_hours", "--to", file, "--english", "--as", "clerk", ...db).status, 0, "and can be saved");
is(readFileSync(file, "utf8").trim().split("\n").length, one.moves.length + 1, "a line for each move");
is(anlao("ledger", "statement", "elder", rich.record, "time_bank_hours", "--as", "clerk", ...db).status, 1, "another register holds no such account");

// ---- by hand

const by = (...words) => anlao("ledger", ...words, "--as", "clerk", ...db);
const balance = () => json("ledger", "statement", "volunteer", rich.record, "time_bank_hours", "--as", "clerk", ...db);
const second = (...words) => anlao("ledger", ...words, "--reason", "与旧账核对过", "--as", "review", ...db);
const waits = () => json("ledger", "waiting", "--as", "review", ...db).waiting;
is(by("transfer", "time_bank_hours", "-", rich.record, "1.5").status, 2, "without a reason nothing is moved");
is(by("transfer", "time_bank_hours", "-", rich.record, "1.5", "--reason", "旧系统的余额").status, 0, "hours of an older system are asked for");
is(balance().posted, rich.posted, "and are not in the balance yet");
const wait = waits();
ok(wait.length === 1 && wait[0].amount === 90 && wait[0].to.record === rich.record && wait[0].actor === "clerk" && !wait[0].mine, "a second person sees what waits", JSON.stringify(wait));
ok(/1 wait/.test(anlao("ledger", "waiting", "--as", "review", ...db).out), "also in words");
is(by("confirm", wait[0].transfer, "--reason", "我自己核对过").status, 1, "who asked does not confirm it");
is(second("confirm", wait[0].transfer).status, 0, "another person does");
is(balance().posted, rich.posted + 90, "and it is in the balance");
const over = by("transfer", "time_bank_hours", rich.record, "-", "100000", "--reason", "超过余额");
ok(over.status === 1 && /has not enough/.test(over.err), "more than there is does not go out", over.err);
is(by("transfer", "time_bank_hours", "-", rich.record, "0", "--reason", "什么也没有").status, 1, "nothing is no amount");
const hand = balance().moves.find((m) => !m.event && m.state === "posted");
is(by("reverse", "volunteer", rich.record, "time_bank_hours", hand.transfer, "--reason", "登记错了").status, 0, "that it goes back is asked for");
is(second("confirm", waits()[0].transfer).status, 0, "and confirmed");
is(balance().posted, rich.posted, "and the balance as before");
is(by("reverse", "volunteer", rich.record, "time_bank_hours", hand.transfer, "--reason", "登记错了").status, 1, "once only");
is(by("transfer", "time_bank_hours", "-", rich.record, "1", "--reason", "旧系统的余额").status, 0, "another one");
is(second("refuse", waits()[0].transfer).status, 0, "is refused");
is(balance().posted, rich.posted, "and nothing was moved");
const event = by("reverse", "volunteer", rich.record, "time_bank_hours", one.moves[0].transfer, "--reason", "登记错了");
ok(event.status === 1 && /follows from a record/.test(event.err), "what follows from a record is corrected there", event.err);
is(anlao("ledger", "transfer", "time_bank_hours", "-", rich.record, "1", "--reason", "审计不能记账", "--as", "audit", ...db).status, 1, "an auditor moves nothing");
is(by("rebuild").out, "0 records moved something\n", "nothing is left to be posted");
is(by("nonsense").status, 2, "another word is wrong usage");
ok(json("verify", ...db).ok, "and all of it verifies");
finish();
