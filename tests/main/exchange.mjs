// exchange.mjs — files of other offices: compared, each finding to a person, nothing changes by itself, "compared, nothing found" is
// kept; what was refused is not asked again; what goes out has the declared fields alone and is journalled.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, database } from "./tap.mjs";

const db = database("exchange"), at = (...more) => [...more, "--db", db];
is(anlao(...at("init", "--place", "360300", "--demo")).status, 0, "a database");
const csv = join(folder, "people.csv");
const citizen = (n) => {
  const digits = `3603021940010100${n}`, weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return digits + "10X98765432"[[...digits].reduce((sum, d, i) => sum + d * weights[i], 0) % 11];
};
writeFileSync(csv, `file_no,name,id_number,born,residence,medically_insured\nX1,测甲,${citizen(1)},1940-01-01,360302101,yes\nX2,测乙,${citizen(2)},1940-01-01,360302101,no\nX3,测丙,${citizen(3)},1940-01-01,360302101,\nX4,测丁,${citizen(4)},1940-01-01,360302101,\n`);
is(json(...at("import", "elder", csv, "--made-up")).accepted, 4, "four people");

const list = anlao(...at("exchange", "list"));
ok(/elder\.insured_status with 医/.test(list.out) && /takes medically_insured/.test(list.out), "what is declared", list.out + list.err);

// The office sends what it knows, by the citizen's number; somebody we do not know is among them.
const theirs = join(folder, "insured.csv");
const file = (rows) => writeFileSync(theirs, `身份证号,name,medically_insured,their_own_column\n${rows.map((r) => r.replace(/^X(\d)/, (_, n) => citizen(n))).join("\n")}\n`);
file(["X1,测甲,yes,a", "X2,测乙,yes,b", "X3,测丙,yes,c", "X4,测错,no,d", "X9,测外,yes,e"]);
const take = (...more) => json(...at("exchange", "take", "elder.insured_status", theirs, "--from", "medical_insurance", "--letter", "医保函〔2020〕7号", "--made-up", "--as", "clerk", ...more));
const first = take();
is(JSON.stringify([first.rows, first.matched, first.new, first.conflict, first.ignored, first.absent]), "[5,1,2,1,0,1]", "one agrees, two are new, one is in conflict, one is not here");

const waiting = () => json(...at("change", "list")).changes;
const asked = waiting();
is(asked.length, 3, "each finding waits for a person");
ok(asked.every((c) => /医疗保障|医保/.test(c.reason) && c.reason.includes("医保函〔2020〕7号")), "who sent it, by which letter", JSON.stringify(asked));
ok(asked.every((c) => c.reason.includes("按条文以来文为准")), "whose word counts, as the document says");
ok(asked.some((c) => c.reason.includes("不一致") && c.reason.includes("测错") && c.reason.includes("测丁")), "another name is shown beside ours", JSON.stringify(asked.map((c) => c.reason)));
ok(asked.some((c) => c.fields[0].now !== "" && c.fields[0].then !== c.fields[0].now), "what we know stands beside what they say");
const out = join(folder, "out.csv"), now = () => { anlao(...at("export", "elder", "--to", out)); return readFileSync(out, "utf8"); };
const before = now();
ok((before.match(/测乙/g) ?? []).length === 1, "nothing changed by itself");

is(take().ignored, 3, "what waits is not asked twice");
is(waiting().length, 3, "still three");
const c = asked.find((x) => !x.reason.includes("不一致")), b = asked.find((x) => x !== c);
is(anlao(...at("change", "approve", b.number, "--reason", "as they say", "--as", "clerk")).status, 1, "not by who brought the file");
is(anlao(...at("change", "approve", c.number, "--reason", "as they say", "--as", "review")).status, 0, "one is approved by another person");
ok(now() !== before, "and only then it is a fact");
is(anlao(...at("change", "refuse", b.number, "--reason", "the name is another one's", "--as", "review")).status, 0, "one is refused, with a reason");
const again = take("--dated", "2020-07-01");
is(again.new + again.conflict, 0, "the next month does not ask again");
file(["X1,测甲,yes,a"]);
const nothing = take();
is(JSON.stringify([nothing.rows, nothing.matched, nothing.new, nothing.conflict]), "[1,1,0,0]", "compared, nothing found");
const files = json(...at("exchange", "files")).files;
is(files.length, 4, "every file is kept, that one, too");
ok(files.every((f) => f.sm3.length === 64 && f.letter === "医保函〔2020〕7号" && f.who === "medical_insurance"), "with its digest, letter and office");

const wrong = (args, words, what) => { const r = anlao(...at("exchange", ...args)); ok(r.status === 1 && words.test(r.err), what, `${r.status} ${r.err}`); };
wrong(["take", "elder.insured_status", theirs, "--from", "police", "--letter", "1", "--made-up"], /takes no part.*medical_insurance/, "another office takes no part");
wrong(["take", "elder.insured_status", theirs, "--from", "medical_insurance", "--made-up"], /by which letter/, "no letter, no comparison");
wrong(["take", "elder.nothing", theirs, "--from", "police", "--letter", "1"], /declare no exchange/, "what is not declared is not exchanged");
wrong(["take", "risk_tip.fundraising", theirs, "--from", "police", "--letter", "1", "--made-up"], /only gives/, "what only gives takes nothing");

// ---- out
const given = join(folder, "given.csv");
is(json(...at("exchange", "give", "elder.insured_status", "--with", "medical_insurance", "--letter", "萍民函〔2020〕9号", "--to", given)).records, 4, "what they get");
const head = readFileSync(given, "utf8").replace(/^\ufeff/, "").split(/\r?\n/)[0];
is(head.split(",").length, 2, "the declared fields alone");
is(json(...at("exchange", "files")).files.filter((f) => f.out).length, 1, "kept as well");
ok(json(...at("verify")).ok, "all of it is in the journal");

// ---- once a month, in and out
const due = (...more) => json(...at("exchange", "due", "--as", "clerk", ...more)).recurring?.find((x) => x.exchange === "elder.insured_status");
const first_day = due();
is(first_day.state, "done", "this month both ways were exchanged: the city gave for all, the county took its own");
is(json(...at("exchange", "due")).recurring.find((x) => x.exchange === "elder.insured_status").files.map((f) => `${f.out} ${f.done}`).join(), "false false,true true", "the city as a whole has not compared");
const month = (day) => `${day.slice(0, 7)}-01`, next = due("--on", first_day.due);
is(first_day.from, month(first_day.due), "the next month begins on its first day");
is(`${next.state} ${next.missed ?? "-"} ${next.files.filter((f) => !f.done).map((f) => f.out).join()}`, "open - false,true", "on its last day it is not late yet, and both ways are lacking");
const later = new Date(Date.parse(first_day.due) + 86400000).toISOString().slice(0, 10);
is(`${due("--on", later).state} ${due("--on", later).missed}`, `overdue ${first_day.due}`, "on the day after it is");
const told = anlao(...at("exchange", "due", "--on", later)), toldEnglish = anlao(...at("exchange", "due", "--on", later, "--english"));
ok(told.out.includes(`；${first_day.due} 那次没有办`) && /逾期 .*每月.*；没有收到.*的；没有给/.test(told.out), "in Chinese", told.out);
ok(toldEnglish.out.includes(`; missed on ${first_day.due}`) && /overdue .*every month.*; nothing from .* yet; not given to .* yet/.test(toldEnglish.out), "and in English", toldEnglish.out);
ok(json(...at("duties", "--only", "elder.insured_status")).recurring.length === 1, "it stands among the duties");
ok(/\n定期的抽查和数据往来  逾期 \d  未完成 \d  已完成 \d\n(逾期|未完成|已完成) /.test(anlao(...at("duties", "--only", "elder.insured_status")).out), "counted on a line of its own");
is(anlao(...at("draw", "due")).status, 0, "no draw of this place recurs");

// ---- by what is no number of its own: whose home was adapted
const west = database("west"), to = (...more) => [...more, "--db", west];
is(anlao(...to("init", "--place", "610400", "--demo")).status, 0, "another place, with the federation's adaptations");
writeFileSync(csv, "file_no,name,born,residence\nW1,测子,1940-01-01,610402\nW2,测丑,1940-01-01,610402\n");
is(json(...to("import", "elder", csv, "--made-up")).accepted, 2, "two people");
writeFileSync(csv, "elder,applied_on,accepted\nW1,2024-01-01,no\nW2,2024-01-01,yes\n");
is(json(...to("import", "adaptation", csv, "--made-up")).accepted, 2, "two adaptations");
writeFileSync(csv, "elder,accepted\nW1,yes\nW2,yes\n");
const works = json(...to("exchange", "take", "adaptation.federation", csv, "--from", "disabled_federation", "--letter", "残联7", "--made-up"));
is(JSON.stringify([works.matched, works.conflict, works.absent]), "[1,1,0]", "one agrees, one is in conflict");
finish();
