// links.mjs — what the pages of documentation point to is there; every how-to can be reached from both
// READMEs and has at most five steps.  Prints TAP.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const MOST_STEPS = 5;
const pages = execFileSync('git', ['ls-files', '*.md', '--', ':!packs', ':!tests', ':!fuzz'], { encoding: 'utf8' }).trim().split('\n');
const shown = execFileSync('git', ['ls-files', 'docs/howto/*.md'], { encoding: 'utf8' }).trim().split('\n');
let n = 0;

function check(name, faults) {
  n += 1;
  console.log(`${faults.length === 0 ? 'ok' : 'not ok'} ${n} - ${name}`);
  for (const fault of faults) console.log(`# ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

// Links outside fenced blocks, as paths from the root.
function targets(page) {
  const text = readFileSync(page, 'utf8').replace(/^(```|~~~)[^]*?^\1/gm, '').replace(/^ {4}.*$/gm, '').replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((m) => m[1].replace(/#.*$/, ''))
    .filter((to) => to !== '' && !/^[a-z]+:/.test(to)).map((to) => normalize(join(dirname(page), to)));
}

check('every link leads somewhere', pages.flatMap((page) => targets(page).filter((to) => !existsSync(to)).map((to) => `${page}: ${to} is not there`)));
for (const readme of ['README.md', 'README.zh-CN.md']) {
  const to = new Set(targets(readme));
  check(`${readme} names every how-to`, shown.filter((page) => !to.has(page)).map((page) => `${page} is not named`));
}
check('a how-to has at most five steps', shown.flatMap((page) => {
  const steps = Math.max(0, ...[...readFileSync(page, 'utf8').matchAll(/^(?:\*\*)?(\d+)\. /gm)].map((m) => Number(m[1])));
  return steps > MOST_STEPS ? [`${page}: ${steps} steps`] : [];
}));
console.log(`1..${n}`);
