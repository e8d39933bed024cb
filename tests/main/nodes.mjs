// nodes.mjs — one master and two counties on machines of their own: ranges of a county's journal are sent, checked and taken once;
// gaps are named; the master only reads what others keep; counts are reconciled; whoever changes a range is found out.
import { readFileSync, writeFileSync, readdirSync, mkdirSync, unlinkSync, renameSync } from "node:fs";
import { join } from "node:path";
import { anlao, json, ok, is, finish, folder, database, onPostgres } from "./tap.mjs";

const city = database("city"), east = database("east"), west = database("west");
const on = (db) => (...args) => anlao(...args, "--db", db);
const C = on(city), E = on(east), W = on(west);
is(C("init", "--place", "360300").status, 0, "the master");
is(E("init", "--place", "360302", "--node", "2").status, 0, "a county");
is(W("init", "--place", "360313", "--node", "3").status, 0, "another");
const people = (run, file, first, n, town) => {
  const csv = join(folder, file);
  writeFileSync(csv, `file_no,name,born,residence\n${Array.from({ length: n }, (_, i) => `${town}-${first + i},测${i % 50},1940-01-01,${town}`).join("\n")}\n`);
  return run("import", "elder", csv, "--json");
};
is(JSON.parse(people(E, "e.csv", 0, 30, "360302101").out).accepted, 30, "people in the one");
is(JSON.parse(people(W, "w.csv", 0, 20, "360313101").out).accepted, 20, "and in the other");

const post = { east: join(folder, "from-east"), west: join(folder, "from-west") };
mkdirSync(post.east);
mkdirSync(post.west);
const send = (run, to) => run("exchange", "send", to);
is(send(E, post.east).status, 0, "the county sends its journal");
is(send(W, post.west).status, 0, "the other, too");
const files = (dir) => readdirSync(dir).flatMap((c) => readdirSync(join(dir, c)).map((f) => join(dir, c, f)));
ok(!files(post.east).some((f) => readFileSync(f).includes("argon2")), "passwords stay where they are");
const status = (db) => json("exchange", "status", "--db", db);
const receive = (dir, ...more) => { const r = C("exchange", "receive", dir, "--json", ...more); return { status: r.status, err: r.err, ...JSON.parse(r.out || "{}") }; };

const unknown = receive(post.east);
ok(unknown.status === 1 && /is not known here; its node signs with key/.test(unknown.counties[0].refused), "nobody is let in unseen", JSON.stringify(unknown));
const key = status(east).own_key;
ok(unknown.counties[0].refused.includes(key), "the key it names is the county's own");
const wrong = receive(post.east, "--trust", "0123456789abcdef");
ok(wrong.status === 1 && /not 0123456789abcdef/.test(wrong.counties[0].refused), "another key is refused");
const first = receive(post.east, "--trust", key);
ok(first.status === 0 && first.counties[0].new > 30 && first.counties[0].refused === "", "the county is taken", JSON.stringify(first));
is(receive(post.east).counties[0].new, 0, "once: the same again brings nothing");
is(receive(post.west, "--trust", status(west).own_key).status, 0, "the other county, too");
is(status(city).counties.length, 2, "the master knows both");

const count = (run) => { const out = join(folder, "x.csv"); run("export", "elder", "--to", out); return readFileSync(out, "utf8").trim().split("\n").length - 1; };
is(count(C), 50, "all people of both stand in the master's register");
const v = json("verify", "--db", city);
ok(v.ok, "the master verifies, chains of the counties among it", JSON.stringify(v));

// ---- read only
const write = people(C, "mine.csv", 900, 1, "360302101");
ok(/由另一个节点保管/.test(write.out) && count(C) === 50, "the master writes nothing into a county that another node keeps", write.err + write.out);
ok(json("verify", "--db", city).ok, "and nothing was written");
is(C("decide", "--month", "2024-01").status, 0, "decisions of its own office go on");
const after = json("verify", "--db", city);
ok(after.ok, "without touching the counties", JSON.stringify(after));

// ---- goes on, gaps
people(E, "e2.csv", 100, 5, "360302101");
is(send(E, post.east).status, 0, "what is new is sent");
const more = receive(post.east).counties[0];
ok(more.new >= 5 && count(C) === 55, "and taken", JSON.stringify(more));
people(E, "e3.csv", 200, 3, "360302101");
send(E, post.east);
const lost = files(post.east).sort().at(-1), kept = join(folder, "kept");
people(E, "e4.csv", 300, 3, "360302101");
send(E, post.east);
renameSync(lost, kept);
const gap = receive(post.east);
ok(gap.status === 1 && gap.counties[0].missing_from > 0 && gap.counties[0].missing_to >= gap.counties[0].missing_from, "a gap is named", JSON.stringify(gap));
const again = join(folder, "again");
mkdirSync(again);
is(send(E, again).status, 0, "asked for again, all of it is sent");
const filled = receive(again);
ok(filled.status === 0 && filled.counties[0].new >= 6 && count(C) === 61, "what was missing is taken, the rest passed over", JSON.stringify(filled));

// ---- reconciled
const list = join(folder, "counts");
const reconcile = () => { is(E("exchange", "reconcile", "--to", list).status, 0, "the county counts"); return C("exchange", "reconcile", list); };
const equal = reconcile();
ok(equal.status === 0 && /registers compared, 0 differ/.test(equal.out), "register by register the same", equal.out + equal.err);
people(E, "e5.csv", 400, 2, "360302101");
const differs = reconcile();
ok(differs.status === 1 && /county 360302, elder: 40|county 360302, elder: 43 there .* 41 here/.test(differs.out), "what was not sent yet shows as a difference", differs.out);
const forged = readFileSync(list, "utf8").replace(/elder \d+/, "elder 41");
writeFileSync(list, forged);
ok(/not as it was signed/.test(C("exchange", "reconcile", list).err), "a list that was changed is no list");

// ---- changed on the way
people(W, "w2.csv", 100, 3, "360313101");
send(W, post.west);
const bad = files(post.west).sort().at(-1), bytes = readFileSync(bad);
bytes[bytes.length - 40] ^= 1;
writeFileSync(bad, bytes);
const refused = receive(post.west);
ok(refused.status === 1 && refused.counties[0].refused.includes(bad), "a range that was changed is refused by name", JSON.stringify(refused));
const other = database("other");
on(other)("init", "--place", "360313", "--node", "4");
const fake = join(folder, "fake");
mkdirSync(fake);
send(on(other), fake);
const stranger = receive(fake);
ok(stranger.status === 1 && stranger.counties.every((c) => c.refused !== ""), "another node cannot speak for a county", JSON.stringify(stranger));
const twin = database("twin");
on(twin)("init", "--place", "360321");
const twins = join(folder, "twins");
mkdirSync(twins);
send(on(twin), twins);
ok(/has the same number as this one/.test(receive(twins, "--trust", status(twin).own_key).counties[0].refused), "two nodes of one number cannot exchange");
// Another county whose node took a number that is given already: its records could not be told from those of the first.
const third = database("third");
on(third)("init", "--place", "360321", "--node", "3");
const thirds = join(folder, "thirds");
mkdirSync(thirds);
send(on(third), thirds);
const doubled = receive(thirds, "--trust", status(third).own_key).counties;
ok(doubled.length > 0 && doubled.every((c) => /is kept by node 3, and so is county \d+ under another key/.test(c.refused)), "a node under another one's number is not let in", JSON.stringify(doubled));
ok(!status(city).counties?.some((c) => c.county === 360321), "and nothing of it is there", JSON.stringify(status(city)).slice(0, 400));
ok(json("verify", "--db", city).ok, "in the end all of it verifies");
finish();
