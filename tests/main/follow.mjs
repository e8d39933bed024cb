// follow.mjs — what is to be done, by the command line: tasks, procedures, duties, alerts over a demonstration database.
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder } from "./tap.mjs";

function demo(place, elders) {
  const db = ["--db", `sqlite:${join(folder, `${place}.db`)}`];
  is(anlao("init", "--place", place, "--demo", ...db).status, 0, `${place}: a database with the documents in force there`);
  is(anlao("demo", "--elders", String(elders), "--seed", "3", ...db).status, 0, `${place}: made-up people and places`);
  return db;
}

// ---- procedures: the contest of Shandong

const shandong = demo("370000", 500);
const book = json("procedures", ...shandong);
const contest = book.procedures?.find((p) => p.procedure === "contest");
ok(contest?.clause === "三a" && contest.entity === "contest_entry", "a queue names its document, clause and register");
const items = contest?.states.reduce((n, s) => n + s.items, 0);
ok(contest?.states.every((s) => s.items > 0), `its ${items} items are in every state`, JSON.stringify(contest?.states));
const over = contest?.states.find((s) => s.state === "recognised").items;
is(book.total, items - over, "those at an end are not listed");
is(book.lines.length, book.total, "and all others are, each with its record");
is(json("procedures", "--state", "recognised", ...shandong).total, over, "those at an end are listed when asked for");
const queue = json("procedures", "--state", "recommended", ...shandong).lines ?? [];
const places = queue.map((l) => l.place);
is(places.join(), [...places].sort((a, b) => a - b).join(), "a queue stands in the order of its places");
ok(places[0] === 1 && queue.every((l) => l.best >= 1 && l.best <= l.place), "the first place is 1; an item's best place is no worse than its place");
const region = book.lines[0].region;
const there = json("procedures", "--region", region, ...shandong);
ok(there.total > 0 && there.lines.every((l) => l.region === region), "--region lists that region only");
is(json("procedures", "--by", "city_contest", ...shandong).lines.every((l) => l.state === "applied"), true, "--by lists what waits for that role");
is(json("procedures", "--most", "3", ...shandong).lines.length, 3, "--most cuts the list");
is(json("procedures", "--most", "3", ...shandong).total, book.total, "and not its count");
is(anlao("procedures", "--by", "nobody_here", ...shandong).status, 1, "a role nobody declared is an error");
is(anlao("procedures", "--only", "no_such", ...shandong).status, 1, "and so is a procedure nobody declared");
is(anlao("procedures", "--state", "no_such", ...shandong).status, 1, "and a state nobody declared");
is(anlao("procedures", "--region", "999999", ...shandong).status, 1, "and a region nobody knows");
is(anlao("tasks", "--state", "soon", ...shandong).status, 2, "a state of tasks that is none is wrong usage");
is(anlao("tasks", "--on", "tomorrow", ...shandong).status, 2, "a day that is none is wrong usage");
const text = anlao("procedures", "--state", "applied", ...shandong);
ok(/示范县评选 \(contest\).*起草 \d+/.test(text.out) && /→ 市级已推荐/.test(text.out), "the text names states and steps", text.out.slice(0, 400));
const english = anlao("procedures", "--state", "applied", "--english", ...shandong);
ok(/→ recommended by the city|→ recommended/.test(english.out) && /as of 2022-11-20: \d+ listed/.test(english.out), "in English too", english.out.slice(0, 400));
is(anlao("procedures", "--as", "policy", ...shandong).status, 1, "who may see no record gets no list");

// ---- alerts

const alerts = json("alerts", ...shandong);
ok(alerts.total > 0 && alerts.lines.every((l) => l.truth === "no" && l.cure_zh && l.title), `${alerts.total} alerts, each with its record and cure`);
is(alerts.checks.reduce((n, c) => n + c.no, 0), alerts.total, "the counts per check are those of the list");
const check = alerts.lines[0].check;
is(json("alerts", "--only", check, ...shandong).lines.every((l) => l.check === check), true, "--only lists one check");
const unshown = json("alerts", "--state", "unknown", ...shandong);
is(unshown.lines.every((l) => l.truth === "unknown" && l.missing.length > 0), true, "what is not shown names what is missing");
const clerk = json("alerts", "--as", "clerk", ...shandong);
ok(clerk.total < alerts.total, "a county's clerk sees the county's alerts only");
finish();
