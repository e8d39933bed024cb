// facts.mjs ANLAO [--write] — what the documentation says of the program is so: rights, limits, packages, commands and
// their options, files and functions it names, grants, counts.  Prints TAP; --write makes the table of rights anew.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const [anlao, write] = process.argv.slice(2);
const tracked = (...what) => execFileSync('git', ['ls-files', ...what], { encoding: 'utf8' }).trim().split('\n');
const text = (file) => readFileSync(file, 'utf8');
const pages = tracked('*.md', ':!packs', ':!tests', ':!fuzz', ':!bench', ':!CHANGES.md');
let n = 0;

function check(name, faults) {
  n += 1;
  console.log(`${faults.length === 0 ? 'ok' : 'not ok'} ${n} - ${name}`);
  for (const fault of faults) console.log(`# ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
const missing = (some, all, words) => some.filter((x) => !all.includes(x)).map((x) => `${x} ${words}`);
const different = (said, so, where) => [...missing(so, said, `is not said in ${where}`), ...missing(said, so, `is said in ${where}, and is not so`)];

// ---- rights: docs/security.md, from rights.def
const def = text('src/care/rights.def');
const rights = [...def.matchAll(/^RIGHT\((\w+), "([^"]+)", "([^"]+)"\)/gm)];
const roles = [...def.matchAll(/^ROLE\(\w+, "(\w+)", "([^"]+)", "[^"]+", "(\w+)",\s*([^)]*)\)/gm)];
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = [row(['right', ...roles.map((r) => r[1])]), row(Array(roles.length + 1).fill('---')), row(['', ...roles.map((r) => r[2])]),
  row(['*stands at*', ...roles.map((r) => r[3])]),
  ...rights.map((x) => row([x[3], ...roles.map((r) => (new RegExp(`\\bMAY_${x[1]}\\b`).test(r[4]) ? '✓' : ''))]))].join('\n');
const SECURITY = 'docs/security.md', RIGHTS = /^\| right \|[^]*?(?=\n\n)/m;
if (write === '--write') writeFileSync(SECURITY, text(SECURITY).replace(RIGHTS, () => table));
check(`${SECURITY} has the rights of src/care/rights.def (facts.mjs ANLAO --write)`, RIGHTS.exec(text(SECURITY))?.[0] === table && roles.length > 10 ? [] : ['the table is another']);

// ---- limits: each row of docs/operations.md names constants of the sources and says what they are
const OPERATIONS = 'docs/operations.md', operations = text(OPERATIONS);
const sources = tracked('src/*.c', 'src/*.h').map((file) => [file, text(file).replace(/\\\n/g, ' ').replace(/\/\*[^]*?\*\//g, ' ')]);
function value(name, near) {
  const found = (near !== undefined ? [near] : []).concat(sources.map((s) => s[1])).map((t) => ({ t, m: new RegExp(`^#define ${name}\\s+(.+)$`, 'm').exec(t) })).find((f) => f.m);
  if (found === undefined) return NaN;
  const sum = found.m[1].replace(/INT64_C|\(int64_t\)/g, '').replace(/<</g, '* 2 **').replace(/G_USEC_PER_SEC/g, '1000000').replace(/\b(\d+)(?:u|ull|l|ll)\b/gi, '$1')
    .replace(/\b[A-Z][A-Z_0-9]+\b/g, (other) => `(${value(other, found.t)})`);
  return /^[\d\s()+*/-]+$/.test(sum) ? Number(new Function(`return ${sum}`)()) : NaN; // eslint-disable-line no-new-func
}
function forms(name, v) {
  const all = [v.toLocaleString('en-US')];
  if (name.endsWith('_US')) return [1e6, 6e7, 36e8].map((unit, i) => `${v / unit} ${['s', 'minutes', 'hours'][i]}`);
  if (/_SECONDS$|UNSHIPPED$/.test(name)) return [`${v} s`, `${v / 60} minutes`];
  for (const [unit, bits] of [['KiB', 10], ['MiB', 20], ['GiB', 30]]) if (v >= 2 ** bits && v % 2 ** bits === 0) all.push(`${v / 2 ** bits} ${unit}`);
  return all;
}
const limitRows = /\n\| limit \|[^]*?\n\n/.exec(operations)[0].trim().split('\n').slice(2).map((l) => l.split('|').map((c) => c.trim()));
const says = (shown, form) => new RegExp(`(?<![\\d,.])${form.replace(/\./g, '\\.')}(?![\\d,]*\\d)`).test(shown);
check(`limits of ${OPERATIONS} are those of the sources`, limitRows.flatMap(([, what, shown, from]) => [...from.matchAll(/`(\w+)`/g)].flatMap(([, name]) => {
  const v = value(name);
  if (Number.isNaN(v)) return [`${what}: ${name} is no constant of the sources`];
  return forms(name, v).some((f) => says(shown, f)) ? [] : [`${what}: "${shown}", but ${name} is ${v}`];
})));

// ---- packages that the program links
const listed = /A machine that only serves[^]*?\n\n((?: {4}\S.*\n)+)/.exec(operations)[1].trim().split(/\s+/);
if (spawnSync('dpkg-query', ['--version']).status === 0) {
  const needed = [...execFileSync('objdump', ['-p', anlao], { encoding: 'utf8' }).matchAll(/NEEDED\s+(\S+)/g)].map((m) => m[1]);
  const paths = [...execFileSync('ldd', [anlao], { encoding: 'utf8' }).matchAll(/^\s*(\S+) => (\S+)/gm)].filter((m) => needed.includes(m[1])).map((m) => m[2]);
  // A package lists a file where it put it: under /usr, or where / leads there.
  const owner = (path) => [path, `/usr${path}`].map((p) => spawnSync('dpkg-query', ['-S', p], { encoding: 'utf8' })).find((r) => r.status === 0)?.stdout.replace(/:.*/s, '');
  const owners = [...new Set(paths.map((p) => owner(p) ?? p))].filter((p) => p !== 'libc6');
  check(`packages of ${OPERATIONS} are those the program links`, different(listed, owners, OPERATIONS));
  const wanted = text('tools/packages.txt').split('\n');
  check('tools/packages.txt has their headers', [...text('meson.build').matchAll(/^(?!.*python)\w+ = dependency\('([\w.+-]+)'/gm)].map((m) => m[1].replace(/^lib/, '').replace(/-?[\d.]+$/, ''))
    .filter((x) => !['threads', 'crypto'].includes(x) && !wanted.some((p) => p.endsWith('-dev') && p.includes(x.toLowerCase()))).map((x) => `${x} has no package`));
}

// ---- commands, their verbs and options
const help = execFileSync(anlao, ['help'], { encoding: 'utf8' });
const uses = new Map([...help.matchAll(/^ {2}anlao (\w+) +(.*)$/gm)].map((m) => [m[1], m[2]]));
const options = new Map([...uses.keys()].map((c) => [c, [...spawnSync(anlao, [c, '--help'], { encoding: 'utf8' }).stdout.matchAll(/--[a-z][a-z-]*/g)].map((m) => m[0])]));
const FENCED = /^(```|~~~)[^]*?^\1/gm;
// What is typed: lines of blocks that are indented or fenced, and code between words.
function typed(page) {
  const body = text(page).replace(/\\\n\s*/g, ' '), out = [];
  let fenced = false;
  for (const line of body.split('\n')) {
    if (/^(```|~~~)/.test(line)) fenced = !fenced;
    if (fenced || /^ {4}/.test(line)) out.push(...line.trim().split(/ {3,}/).filter((x, i) => i === 0 || /^(build\/)?anlao /.test(x)));
  }
  return [...out, ...[...body.replace(FENCED, '').replace(/^ {4}.*$/gm, '').matchAll(/`([^`]+)`/g)].map((m) => m[1].replace(/\s+/g, ' '))];
}
// The words of one command, without what stands in quotes, behind a # or for the next command.
const one = (line, at) => line.slice(at).replace(/'[^']*'|"[^"]*"/g, 'X').replace(/(\s#| [;&>]|;).*$/, '').replace(/ +anlao .*$/, '').replace(/[—,].*$/, '').replace(/ {4,}.*$/, '');
check('commands, verbs and options that are named exist', pages.flatMap((page) => typed(page).flatMap((line) =>
  [...line.matchAll(/(?:^|[\s(]|build\/|bin\/)anlao ([a-z]+)\b/g)].flatMap((m) => {
    const use = uses.get(m[1]), words = one(line, m.index + m[0].length).trim().split(/\s+/);
    if (m[1] === 'help') return [];
    if (use === undefined) return [`${page}: there is no command "${m[1]}"`];
    const verbs = use.split(' | ').map((x) => x.split(' ')[0]).filter((x) => /^[a-z][a-z-]*$/.test(x));
    const verb = /^[a-z][a-z-]*$/.test(words[0]) && verbs.length > 1 && m[1] !== 'audit' && !verbs.includes(words[0]) ? [`${page}: "anlao ${m[1]}" has no "${words[0]}" in its help`] : [];
    return verb.concat(words.map((w) => /^\[?(--[a-z][a-z-]*)/.exec(w)?.[1]).filter((o) => o && !options.get(m[1]).includes(o)).map((o) => `${page}: "anlao ${m[1]}" has no ${o}`));
  }))));
const shown = (readme) => [...text(readme).matchAll(/^ {4}build\/anlao (\w+)/gm)].map((m) => m[1]).join(' ');
check('both READMEs name the same commands', shown('README.md') === shown('README.zh-CN.md') && shown('README.md') !== '' ? [] : [shown('README.md'), shown('README.zh-CN.md')]);
const links = (readme) => [...new Set([...text(readme).matchAll(/\]\(([^)]+)\)/g)].map((m) => m[1]))].filter((l) => !l.startsWith('README')).sort();
check('both READMEs lead to the same pages', different(links('README.zh-CN.md'), links('README.md'), 'README.zh-CN.md'));

// ---- files and functions
const files = tracked();
const OF_THE_READER = /[A-Z]{3}|^your-|-(winter|home)-aid\.md$|^roster\.|^(receipt|cases|list)\.txt$|^a\.b\.c$/; // what a how-to has her make
const code = sources.map((s) => s[1]).join('\n') + tracked('src/*.def').map(text).join('\n');
check('files that are named are there', pages.filter((p) => !p.endsWith('coverage.md')).flatMap((page) => [...text(page).replace(FENCED, '').matchAll(/`([\w./-]+\.(?:c|h|def|mjs|sh|tsv|md|txt|re|y))`/g)].map((m) => m[1])
  .filter((f) => !OF_THE_READER.test(f) && !files.some((t) => t === f || t.endsWith(`/${f}`)) && !existsSync(f)).map((f) => `${page}: ${f}`)));
check('functions that are named are there', pages.filter((p) => /architecture|CONTRIBUTING|security|operations/.test(p)).flatMap((page) => [...text(page).matchAll(/`([a-z]\w+)\(\)`/g)].map((m) => m[1])
  .filter((f) => !f.startsWith('g_') && !new RegExp(`\\b${f}\\(`).test(code)).map((f) => `${page}: ${f}()`)));

// ---- words of pages, as the pages or the documents have them
const words = tracked('web/*.tsv', 'packs/*.md', 'src/*.c', 'src/*.def').map(text).join('\n');
const HAN = /[\u4e00-\u9fff](?:[\u4e00-\u9fff，]*[\u4e00-\u9fff])?/g;
check('words of pages that a how-to names stand on pages', tracked('docs/howto/*.md').flatMap((page) => [...new Set(text(page).replace(FENCED, '').replace(/^ {4}.*$/gm, '').replace(/`[^`]*`/g, '').replace(/^\s*\|.*$/gm, '').match(HAN) ?? [])]
  .filter((w) => !words.includes(w)).map((w) => `${page}: ${w}`)));

// ---- headings that are pointed to: [page](page.md), *Heading*
const headings = (page) => [...text(page).matchAll(/^#+ (.*)$/gm)].map((m) => m[1]);
check('headings that are pointed to are there', pages.flatMap((page) => [...text(page).matchAll(/\]\([^)]*?([\w-]+\.md)\)[),]*,\s+\*([^*]+)\*/g)]
  .filter((m) => !headings(files.find((f) => basename(f) === m[1])).includes(m[2])).map((m) => `${page}: ${m[1]}, ${m[2]}`)));

// ---- PostgreSQL: grants as they are tested, tables without a county
const revoked = (t) => /REVOKE UPDATE, DELETE ON ([\w, ]+?)\s*(?:"\s*")?FROM/.exec(t)?.[1].trim();
check('the grants are those under which tests/store/postgres.c writes', revoked(operations) === revoked(text('tests/store/postgres.c')) ? [] : [`${revoked(operations)}; tested: ${revoked(text('tests/store/postgres.c'))}`]);
const whole = [...text('src/store/tables.def').replace(/"\s*\n\s*"/g, '').matchAll(/^TABLE\((\w+), "(.*)"\)$/gm)]
  .filter((m) => !/^county INTEGER|PRIMARY KEY \(county/.test(m[2])).map((m) => m[1]).sort();
const reference = /create_reference_table\(t\) FROM unnest\('\{([\w,]+)\}/.exec(operations)[1].split(',').sort();
check('tables without a county in their key are reference tables', different(reference, whole, OPERATIONS));

// ---- /health
const keys = [...text('src/page/health.c').matchAll(/json_put_\w+\(&?j, "(\w+)"/g)].map((m) => m[1]);
check('what /health says is described', missing([...new Set(keys)], [...operations.matchAll(/"?\b(\w+)"?/g)].map((m) => m[1]), 'is not named'));

// ---- counts
const clauses = text('tests/packs/clauses.tsv').trim().split('\n').length - 1;
const counts = [['README.md', `${clauses} clauses`], ['README.zh-CN.md', `共 ${clauses} 条`], ['docs/howto/cover-a-document.md', `${clauses} clauses`]];
check('clauses are counted', counts.filter(([file, words]) => !text(file).includes(words)).map(([file, words]) => `${file} does not say "${words}"`));
check('places with a demonstration are named', missing(tracked('packs/demo/*.tsv').map((p) => basename(p, '.tsv')), operations.match(/\b\d{6}\b/g), `is not named in ${OPERATIONS}`));
console.log(`1..${n}`);
