// run.mjs — documents over CSV files, without a database: what the operating subsidy of 二(六)16e gives.
import { writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder } from "./tap.mjs";

const at = (name, text) => { const path = join(folder, name); writeFileSync(path, text); return path; };
const elders = at("elder.csv", "file_no,name,born,residence,ability,economy\n" +
  "A,甲,1940-01-01,360302101,severe,-\nB,乙,1940-01-01,360302101,mild,dibao\nC,丙,1940-01-01,360302101,,tekun\nD,丁,1940-01-01,360302101,intact,-\n");
const homes = at("facility.csv", "facility_no,name,kind,region,setting,ownership,profit,opened_on\n" +
  "P,营利院,residential_home,360302101,urban,private,true,2019-01-01\nN,非营利院,residential_home,360302101,urban,private,false,2019-01-01\n" +
  "G,公办院,township_home,360302101,rural,public,false,2019-01-01\n");
const stays = at("stay.csv", "key,elder,facility,moved_in,basis\n" +
  "1,A,P,2019-05-01,paying\n2,A,N,2019-05-01,paying\n3,B,P,2019-05-01,paying\n4,C,N,2019-05-01,paying\n5,D,P,2019-05-01,paying\n6,A,G,2019-05-01,paying\n");
const data = ["--data", `elder=${elders}`, "--data", `facility=${homes}`, "--data", `stay=${stays}`];
const document = ["run", "pingxiang-2020", "--month", "2020-06"];
const rule = (r, name) => r.rules?.find((x) => x.rule === name) ?? {};

const r = json(...document, ...data, "--out", join(folder, "out"));
const subsidy = rule(r, "operating_subsidy");
is(subsidy.subject, "stay", "the subsidy is about stays");
is(subsidy.yes, 3, "失能 in a for-profit home, in a non-profit home, and 半失能: three");
is(subsidy.unknown, 1, "an unassessed resident is unknown, never 0 yuan");
is(subsidy.no, 2, "能力完好, and a resident of a public home: no");
is(subsidy.sum_fen, 20000 + 20000 + 10000, "200 + 200 + 100 yuan, profit or not");
ok(Object.keys(subsidy.missing ?? {}).length === 1, "what is missing is named with its count", JSON.stringify(subsidy.missing));
is(subsidy.records, subsidy.yes + subsidy.no + subsidy.unknown + subsidy.judgement, "the run adds up");
is(Number(subsidy.checksum), 1 * 20000 + 2 * 20000 + 3 * 10000, "checksum weighs amounts by their place in the file");
ok(r.load_seconds >= 0 && r.evaluate_seconds >= 0, "loading and evaluating are timed apart");
const rows = readFileSync(join(folder, "out/operating_subsidy.csv"), "utf8").trim().split("\n");
is(rows.length, 7, "--out writes one row a record");
ok(rows.includes("4,unknown,,stay.elder.ability") || /^4,unknown,,.*ability/m.test(rows.join("\n")), "with what is missing", rows.join("\n"));

const changes = at("ability.csv", "key,from,value\nA,2020-06-16,mild\n");
const moved = json(...document, ...data, "--data", `elder.ability=${changes}`);
is(rule(moved, "operating_subsidy").sum_fen, 15000 + 15000 + 10000, "a level that changes on the 16th pays each half at its own rate");

const dearer = json(...document, ...data, "--set", "operating_rate[full]=240");
is(rule(dearer, "operating_subsidy").sum_fen, 24000 + 24000 + 10000, "--set raises the rate");

const bad = at("bad.csv", "file_no,name,born,residence,ability\nA,甲,1940-02-30,360302101,severe\nB,乙,1940-01-01,360302101,heavy\n");
const refused = anlao(...document, "--data", `elder=${bad}`);
is(refused.status, 1, "cells that are wrong stop the run");
ok(/bad\.csv:2:3: error/.test(refused.err) && /bad\.csv:3:5: error/.test(refused.err), "each with line and column", refused.err);
is(anlao(...document, "--data", "elder=/nowhere.csv").status === 0, false, "a file that is not there is said");
is(anlao("run", "--month", "2020-06").status, 2, "run without a document is wrong usage");

// 68,212,208 yuan are more than a float can hold to the fen, and stay what they are.
const policy = at("money.md", "---\ndocument: money\ntitle: 数\nlayer: national\nin force: 2019-01-01\n---\n\n# 1 数\n\n```anlao\n" +
  "entity grant {\n  key number\n  number text(9)\n  size money range 0 yuan..100000000 yuan\n}\n" +
  "benefit paid {\n  for grant\n  every month on last day\n  pay size\n}\n```\n");
const grants = at("grant.csv", "number,size\nA,68212208\nB,68212208.01\nC,0.01\n");
const money = json("run", policy, "--month", "2020-06", "--data", `grant=${grants}`, "--out", join(folder, "money"));
is(rule(money, "paid").sum_fen, 13642441602, "the sum of large amounts is exact to the fen");
const paid = readFileSync(join(folder, "money/paid.csv"), "utf8").trim().split("\n");
is(paid.slice(1).join(" "), "A,yes,6821220800, B,yes,6821220801, C,yes,1,", "and so is each of them");
finish();
