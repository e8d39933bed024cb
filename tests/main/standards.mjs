// standards.mjs — GB/T 42195 scored exactly: 2,000 made-up assessments, and those at each limit, against the table of items
// and corrections written down here once more; and every standard says how certain each of its parts is.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { json, ok, is, finish, folder, root } from "./tap.mjs";

// 26 items, 32 + 15 + 28 + 15 = 90 points.
const ITEMS = { eating: 4, grooming: 4, bathing: 4, dressing_upper: 4, dressing_lower: 4, bladder: 4, bowel: 4, toileting: 4,
  bed_mobility: 4, chair_transfer: 4, walking: 4, stairs: 3,
  time_orientation: 4, place_orientation: 4, person_orientation: 4, memory: 4, comprehension: 4, expression: 4, aggression: 1, depression: 1, consciousness: 2,
  vision: 2, hearing: 2, daily_affairs: 4, transport: 3, social: 4 };
const EVENTS = ["falls", "wandering", "choking", "self_harm", "other_events"];
const LEVELS = ["intact", "mild", "moderate", "severe", "total"];
is(Object.keys(ITEMS).length, 26, "26 items");
is(Object.values(ITEMS).reduce((a, b) => a + b, 0), 90, "90 points");

const firstLevel = (score) => (score === 90 ? 0 : score >= 66 ? 1 : score >= 46 ? 2 : score >= 30 ? 3 : 4);
const events = (x) => EVENTS.reduce((n, e) => n + x[e], 0);
const level = (x) => (x.coma ? 4 : Math.min(4, firstLevel(score(x)) + (x.dementia || x.mental_disorder || events(x) >= 2 ? 1 : 0)));
const score = (x) => Object.keys(ITEMS).reduce((n, i) => n + x[i], 0);

// The same numbers each time.
let state = 42195;
const below = (n) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0, Math.floor(state / 65536) % n);

function made(wanted) {
  const x = Object.fromEntries(Object.entries(ITEMS).map(([i, most]) => [i, wanted === undefined ? below(most + 1) : most]));
  for (const i of Object.keys(ITEMS)) while (wanted !== undefined && score(x) > wanted && x[i] > 0) x[i]--;
  for (const e of EVENTS) x[e] = wanted === undefined && below(4) === 0 ? below(4) : 0;
  for (const d of ["dementia", "mental_disorder", "coma"]) x[d] = wanted === undefined && below(12) === 0;
  return x;
}
const all = [90, 89, 66, 65, 46, 45, 30, 29, 0].map(made);
while (all.length < 2000) all.push(below(3) === 0 ? { ...made(below(91)), dementia: below(2) === 0, falls: below(3) } : made());

const columns = [...Object.keys(ITEMS), ...EVENTS, "dementia", "mental_disorder", "coma"];
const at = (name, text) => { const path = join(folder, name); writeFileSync(path, text); return path; };
const text = at("score.md", "---\ndocument: score\ntitle: 对照\nlayer: national\nin force: 2023-01-01\nbuilds on: gbt-42195-2022\n---\n\n# 1 对照 / Compared\n\n```anlao\n" +
  "benefit points \"总分\" / \"total\" {\n  for assessment\n  every month on last day\n  pay total_score * 1 yuan\n}\n" +
  `benefit graded "等级" / "level" {\n  for assessment\n  every month on last day\n  pay case level { ${LEVELS.map((l, i) => `${l}: ${i + 1} yuan`).join("; ")} }\n}\n\`\`\`\n`);
const data = ["--data", `elder=${at("elder.csv", "file_no,name,born\nE,甲,1940-01-01\n")}`, "--data", `assessor=${at("assessor.csv", "key,name,qualified_on\nA,评甲,2019-01-01\n")}`,
  "--data", `assessment=${at("assessment.csv", `key,elder,assessor,assessed_at,reason,valid_until,${columns}\n` +
    all.map((x, i) => `${i},E,A,2023-06-01,initial,2024-05-31,${columns.map((c) => (typeof x[c] === "boolean" ? (x[c] ? "yes" : "no") : x[c]))}`).join("\n") + "\n")}`];
const out = join(folder, "scored");
const run = json("run", text, "--month", "2023-06", ...data, "--out", out);
is(run.rules?.find((r) => r.rule === "graded")?.yes, all.length, "each assessment has a level", JSON.stringify(run).slice(0, 400));

const yuan = (name) => new Map(readFileSync(join(out, name), "utf8").trim().split("\n").slice(1).map((l) => l.split(",")).map(([key, , fen]) => [Number(key), Number(fen) / 100]));
const points = yuan("points.csv"), graded = yuan("graded.csv");
const wrong = (of) => all.map((x, i) => [i, of(x, i)]).filter(([, w]) => w !== null).slice(0, 5).map(([i, w]) => `${i}: ${w}`).join("; ");
is(wrong((x, i) => (points.get(i) === score(x) ? null : `${points.get(i)} points, not ${score(x)}`)), "", "each total is the sum of its items");
is(wrong((x, i) => (graded.get(i) === level(x) + 1 ? null : `${LEVELS[graded.get(i) - 1]}, not ${LEVELS[level(x)]}`)), "", "each level follows from total and corrections");
ok(new Set(all.map(level)).size === 5 && all.some((x) => level(x) !== firstLevel(score(x))), "all five levels are there, corrected ones too");

// What each part of a standard rests on.
for (const folderName of ["standards", "national"])
  for (const file of readdirSync(join(root, "packs", folderName)).filter((f) => f.endsWith(".md"))) {
    const sections = readFileSync(join(root, "packs", folderName, file), "utf8").split(/^#+ /m).slice(1);
    const bare = sections.filter((s, i) => s.includes("```anlao") && !/置信|Certainty|certain|见到|不确定/.test(s + sections[0])).map((s) => s.split("\n")[0]);
    is(bare.join("; "), "", `${file}: every part says how certain it is`);
  }
finish();
