// check-speed.mjs — `anlao check` is instant, and stays so.  A clock would measure what else runs here and how fast
// the machine is: valgrind counts the instructions instead, which are the same everywhere but for what another
// compiler makes of them.  The packs grow, so they are counted for each byte of a document.  Reading each document once
// for every place costs three times as much.  Made-up packs of one place, four times as large as others, take no more
// than some four times as many (a quadratic step would take sixteen).
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anlao, finish, folder, ok, program, root } from "./tap.mjs";

const MOST_A_BYTE = 1000, TIMES = 4, MOST_RATIO = 4.4; // it takes some 830, and some 3.7 times as many

// Instructions of one run.
function instructions(...args) {
  const done = spawnSync("valgrind", ["--tool=callgrind", "--callgrind-out-file=/dev/null", program, ...args], {
    encoding: "utf8", env: { ...process.env, ANLAO_HOME: root },
  });
  const counted = /Collected : (\d+)/.exec(done.stderr ?? "");
  ok(done.status === 0 && counted !== null, `valgrind counts "anlao ${args.join(" ")}" (tools/packages.txt lists it)`,
    done.error?.message ?? done.stderr.slice(-2000));
  return counted === null ? NaN : Number(counted[1]);
}

function bytes(path) {
  return readdirSync(path, { recursive: true }).filter((name) => name.endsWith(".md"))
    .reduce((sum, name) => sum + readFileSync(join(path, name)).length, 0);
}

// ---- documents

const front = (name, layer, more) =>
  `---\ndocument: ${name}\ntitle: 量\nlayer: ${layer}\nin force: 2020-01-01\n${more}---\n\n`;

function regions(n) {
  const rows = ["| 360000 | 省 | province | |", "| 360300 | 市 | city | 360000 |"];
  for (let i = 0; i < n; i++) rows.push(`| 3603${10 + (i % 90)}${i < 90 ? "" : 100 + i} | 地${i} | county | 360300 |`);
  return "```anlao\nenum agency \"单位\" { civil_affairs \"民政\"; finance \"财政\" }\nregions\n```\n\n" +
    "| code | name | level | parent |\n| --- | --- | --- | --- |\n" + rows.join("\n") + "\n\n";
}

// What some clauses of a plan come to: records, values, rules, figures, examples.
const clauses = (k) => `
## 一(${k}) 条 / Clause ${k}

年满八十周岁的老人按能力等级和所在县区领补贴，机构每半年自查一次，全市三年达到目标。

> Who is eighty or older is paid by level and county.

\`\`\`anlao
enum level_${k} ordered "等级" { intact "完好"; mild "轻度"; severe "重度"; total "完全" }
entity elder_${k} "老人" {
  place home
  holds born through died
  title name
  list  name, born, home, level
  name   text(40)   "姓名" required
  born   date       "出生" required
  died   date       "去世" open
  home   region     "住地" required dated
  level  level_${k} "等级" dated
  income money      "收入" range 0 yuan..100000 yuan
  alone  bool       "独居" dated
  old    bool       "高龄" = age(born) >= start_${k}
}
entity visit_${k} "探访" {
  place elder.home
  dated by seen_on
  elder   elder_${k} "老人" required
  seen_on date       "日期" required
  seen    bool       "见到"
}
param start_${k} "年龄" : int = 80
param grave_${k} "失能" : set of level_${k} = severe, total
param rate_${k} "标准" by region, level_${k} : money
delegate rate_${k} to county floor 10 yuan ceiling 900 yuan
${["intact", "mild", "severe", "total"].map((c, i) => `set rate_${k}[360300, ${c}] = ${10 + 50 * i} yuan
set rate_${k}[360312, ${c}] = ${20 + 50 * i} yuan from 2021-01-01`).join("\n")}
table amount_${k}(years: int range 0..150, level: level_${k}) -> money "津贴"
\`\`\`

| years | level | amount |
| --- | --- | --- |
| 0..79 | any | 0 yuan |
| 80..89 | intact, mild | 50 yuan |
| 80..89 | severe, total | 80 yuan |
| 90..150 | any | 100 yuan |

\`\`\`anlao
benefit allowance_${k} "津贴" / "allowance" {
  for elder_${k}
  every month any day
  when old and (level in grave_${k} or alone)
  pay amount_${k}(age(born), level) + rate_${k}[home, level]
}
benefit top_up_${k} "补足" / "top-up" {
  for elder_${k}
  every month on last day
  when income < 600 yuan and exists(visit_${k} where seen and seen_on >= day - 12 months)
  pay max(0 yuan, 600 yuan - income)
}
check seen_${k} "探访" / "visits" of elder_${k} {
  when alone
  require count(visit_${k} where seen) >= 1
  cure "没有探访" / "not visited"
}
indicator elders_${k} "老人数" in "人" / "people" stock by region = count(elder_${k} where old)
target elders_${k} >= 100 on 2020-12-31
duty duty_${k} "办" by civil_affairs with finance until 2020-12-31 needs document measured by elders_${k}
example "独居" {
  a = elder_${k} { name "甲"; born 1940-01-01; home 360312; level mild; alone yes; income 500 yuan }
  visit_${k} { elder a; seen_on 2020-05-01; seen yes }
  in 2020-06 gives allowance_${k} of a = 110 yuan
  in 2020-06 gives top_up_${k} of a = 100 yuan
  in 2020-06 gives seen_${k} of a
  on 2020-06-30 elders_${k} of 360300 = 1
}
example "等级没有" {
  elder_${k} { name "乙"; born 1940-01-01; home 360312; alone no; income 600 yuan }
  in 2020-06 unknown allowance_${k}
  in 2020-06 not top_up_${k}
}
\`\`\`
`;

// Ten clauses a document, each document on top of the one before.
function write(path, documents) {
  mkdirSync(path);
  writeFileSync(join(path, "base.md"), front("base", "model", "") + "# 一 地 / Places\n\n" + regions(40));
  for (let d = 0; d < documents; d++) {
    const text = Array.from({ length: 10 }, (_, i) => clauses(d * 10 + i)).join("");
    writeFileSync(join(path, `plan${d}.md`),
      front(`plan-${d}`, "place", `place: 360300\nbuilds on: ${d === 0 ? "base" : `plan-${d - 1}`}\n`) + "# 一 部分 / Part\n" + text);
  }
}

// ---- tests

const all = instructions("check") / bytes(join(root, "packs"));
ok(all < MOST_A_BYTE, `all packs are checked in ${Math.round(all)} instructions a byte, at most ${MOST_A_BYTE}`);

const small = join(folder, "small"), large = join(folder, "large");
write(small, 4);
write(large, 4 * TIMES);
for (const path of [small, large]) {
  const found = anlao("check", "--packs", path);
  ok(found.status === 0 && /^0 errors, 0 warnings/.test(found.err), "made-up packs compile", found.err.slice(0, 2000));
  console.log(`# ${found.err.trim().split("\n").pop()}`);
}
const ratio = instructions("check", "--packs", large) / instructions("check", "--packs", small);
ok(ratio < MOST_RATIO, `${TIMES} times as many documents take ${ratio.toFixed(2)} times as many instructions, at most ${MOST_RATIO}`);
finish();
