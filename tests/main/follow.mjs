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
const all = json("procedures", ...shandong);
const book = json("procedures", "--only", "contest", ...shandong);
const contest = book.procedures?.find((p) => p.procedure === "contest");
ok(contest?.clause === "三a" && contest.entity === "contest_entry", "a queue names its document, clause and register");
const items = contest?.states.reduce((n, s) => n + s.items, 0);
ok(contest?.states.every((s) => s.items > 0), `its ${items} items are in every state`, JSON.stringify(contest?.states));
const over = contest?.states.find((s) => s.state === "recognised").items;
const passed = contest?.states.find((s) => s.state === "passed_over").items;
is(book.total, items - over - passed, "those at an end are not listed");
is(book.lines.length, book.total, "and all others are, each with its record");
ok(all.procedures.some((p) => p.procedure === "harm") && all.total > book.total, "other procedures are there as well; --only takes one");
is(json("procedures", "--state", "recognised", ...shandong).total, over, "those at an end are listed when asked for");
const queue = json("procedures", "--state", "recommended", ...shandong).lines ?? [];
const places = queue.map((l) => l.place);
is(places.join(), [...places].sort((a, b) => a - b).join(), "a queue stands in the order of its places");
ok(places[0] === 1 && queue.every((l) => l.best >= 1 && l.best <= l.place), "the first place is 1; an item's best place is no worse than its place");
const region = book.lines[0].region;
const there = json("procedures", "--region", region, ...shandong);
ok(there.total > 0 && there.lines.every((l) => l.region === region), "--region lists that region only");
is(json("procedures", "--by", "city_contest", ...shandong).lines.every((l) => l.state === "applied"), true, "--by lists what waits for that role");
is(json("procedures", "--only", "contest", "--most", "3", ...shandong).lines.length, 3, "--most cuts the list");
is(json("procedures", "--only", "contest", "--most", "3", ...shandong).total, book.total, "and not its count");
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
const first = alerts.lines[0];
const until = new Date(Date.parse(alerts.on) + 3 * 86400000).toISOString().slice(0, 10);
const note = (...more) => anlao("alerts", "--note", first.key, "--only", first.check, ...more, ...shandong).status;
is(note("--reason", "等材料补齐"), 1, "a note says until when");
is(note("--until", until, "--reason", "等材料补齐"), 0, "somebody takes note of an alert");
const noted = json("alerts", "--only", first.check, ...shandong).lines.filter((l) => l.noted !== null);
ok(noted.length === 1 && noted[0].key === first.key && noted[0].noted.until === until, "the list says who did, until when");
is(json("alerts", "--only", first.check, "--on", "2099-01-31", ...shandong).checks[0].noted, 0, "it is open again afterwards");
is(anlao("tasks", "--note", first.key, ...shandong).status, 2, "of a task no note is taken");
const clerk = json("alerts", "--as", "clerk", ...shandong);
ok(clerk.total < alerts.total, "a county's clerk sees the county's alerts only");

// ---- tasks: visits, inspections, re-checks of Xianyang

const xianyang = demo("610400", 1500);
const tasks = json("tasks", ...xianyang);
const visiting = tasks.tasks.find((t) => t.task === "visiting");
ok(visiting?.by.join() === "village,town" && visiting.clause === "二(二)5e", "a task names its clause and who does it");
ok(visiting.done > 0 && visiting.overdue > 0 && visiting.done > visiting.overdue, "most visits are done, some overdue", JSON.stringify(visiting));
is(tasks.tasks.reduce((n, t) => n + t.overdue + t.due + t.establish, 0), tasks.total, "what waits is listed: overdue, due, to be established");
const rank = { overdue: 0, due: 1, establish: 2 };
ok(tasks.lines.every((l, i, a) => i === 0 || rank[a[i - 1].state] <= rank[l.state]), "overdue first, then due, then what is to be established");
const overdue = tasks.lines.filter((l) => l.state === "overdue");
ok(overdue.every((l) => l.due < tasks.on) && overdue.every((l, i, a) => i === 0 || a[i - 1].due <= l.due), "what is overdue was due before today, the oldest first");
ok(tasks.lines.filter((l) => l.state === "establish").every((l) => l.missing.length > 0), "what is to be established names what is missing");
const done = json("tasks", "--only", "visiting", "--state", "done", ...xianyang);
is(done.total, visiting.done, "--state done lists what is done");
ok(done.lines.every((l) => l.last !== null && l.due >= tasks.on), "with the day it was done and the next time");
is(json("tasks", "--only", "visiting", "--state", "done", "--state", "overdue", ...xianyang).total, visiting.done + visiting.overdue, "two states are both listed");
const mine = json("tasks", "--as", "village", ...xianyang);
const place = json("tasks", "--region", overdue[0].region, ...xianyang);
ok(place.total > 0 && place.lines.every((l) => l.region === overdue[0].region), "--region lists that place only");
ok(mine.total < tasks.total && new Set(mine.lines.map((l) => l.region)).size <= 1, "a grid worker sees her own region only");
is(json("tasks", "--by", "village", ...xianyang).tasks.map((t) => t.task).sort().join(), "open_search,refer_findings,seek_unseen,visiting", "--by lists what that post has to do");
// A day later one more day has passed: whatever was due today and not done is overdue then.
const tomorrow = (day) => new Date(Date.parse(day) + 86400000).toISOString().slice(0, 10);
const next = json("tasks", "--only", "visiting", "--on", tomorrow(tasks.on), ...xianyang).tasks[0];
const ends = done.lines.filter((l) => l.due === tasks.on).length + tasks.lines.filter((l) => l.task === "visiting" && l.state === "due" && l.due === tasks.on).length;
is(next.overdue, visiting.overdue + ends, "a day later what ended today is overdue, and nothing else");

// ---- duties

const duties = json("duties", ...xianyang);
ok(duties.duties.done > 0 && duties.duties.open > 0, "some duties are reported done, some open", JSON.stringify(duties.duties));
is(duties.duties.unrecorded, 0, "all can be reported on");
ok(duties.lines.every((l) => l.lead.length > 0 && l.clause), "each has who leads it, and its clause");
ok(duties.lines.filter((l) => l.state === "done").every((l) => l.done !== null), "what is done has its day");
is(json("duties", "--state", "done", ...xianyang).total, duties.duties.done, "--state done lists what is done");
const near = json("duties", "--on", "2025-01-15", "--ahead", "60", ...xianyang);
ok(near.total > 0 && near.lines.every((l) => l.state !== "done" && l.due !== null), "--ahead lists what is late or due soon", JSON.stringify(near.lines.filter((l) => l.state === "done" || l.due === null).slice(0, 2)) + near.total);
const health = json("duties", "--by", "health", ...xianyang);
ok(health.total > 0 && health.lines.every((l) => l.lead.includes("health") || l.with.includes("health")), "--by lists what an office leads or helps with");
const half = duties.lines.find((l) => l.lead.length > 1 && l.reported > 0 && l.reported < l.lead.length);
ok(half === undefined || half.state !== "done", "what only some of those that lead reported is not done");

// ---- holds and funds of payments, notices of scores

const countyClerk = ["--as", "clerk", ...xianyang];
ok(Array.isArray(json("pay", "holds", ...countyClerk).holds), "what is held is a list");
const funds = json("pay", "funds", ...countyClerk).funds;
ok(Array.isArray(funds) && funds.every((f) => Number.isInteger(f.posted_fen) && Number.isInteger(f.reserved_fen)), "funds are whole fen", JSON.stringify(funds));
is(json("scores", ...countyClerk).total, 0, "nobody was told of a score yet");
is(anlao("scores", "--state", "no_such", ...countyClerk).status, 2, "a state that notices do not have is wrong usage");
is(anlao("scores", "decide", "0000000001001J", "--stands", "--again", "--reason", "理由写清楚", ...countyClerk).status, 2, "an objection is decided one way");
is(anlao("scores", "answer", "0000000001001J", "--agree", ...countyClerk).status, 1, "there is no such notice");

// ---- a figure of each county against what is asked of it: the lottery fund's least share for elderly care, 80 %

const pingxiang = demo("360300", 100), share = ["--only", "lottery_minimum_kept"];
const shares = json("alerts", ...share, ...pingxiang), low = shares.lines[0];
ok(shares.total > 0 && shares.lines.every((l) => l.entity === "region" && /养老占 [\d.]+%，下限 80%，以后的支出先用于养老：再支出 [\d,]+\.\d\d 元用于养老才达到/.test(l.cure_zh)), "counties below it are listed, with what is short", JSON.stringify(low));
is(shares.checks[0].clause, "二(六)16c", "and the clause");
is(new Set(shares.lines.map((l) => l.region)).size, shares.total, "one alert a county");
is(json("alerts", ...share, "--region", low.region, ...pingxiang).total, 1, "--region lists that one");
is(json("alerts", ...share, "--as", "clerk", ...pingxiang).lines.filter((l) => l.region !== "360302").length, 0, "a county's clerk sees her own county only");
is(json("alerts", ...share, "--on", "2030-01-01", ...pingxiang).total, 0, "a year in which nothing was spent yet has none");
is(anlao("alerts", "--note", low.region, ...share, "--until", shares.on, "--reason", "年底前拨付", ...pingxiang).status, 0, "somebody takes note of it");
is(json("alerts", ...share, ...pingxiang).checks[0].noted, 1, "it is counted apart");
is(json("alerts", ...share, "--on", tomorrow(shares.on), ...pingxiang).checks[0].noted, 0, "and open again the day after");
const why = json("explain", "region", low.region, "lottery_minimum_kept", "--on", shares.on, ...pingxiang);
ok(why.clause === "二(六)16c" && JSON.stringify(why).includes("80%"), "the same is explained: clause and bound", JSON.stringify(why).slice(0, 600));
finish();
