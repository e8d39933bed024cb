// count-tap.mjs TESTLOG.json — "PASSED FAILED" over all TAP lines in meson's log, one JSON object a
// line for each program.  What was skipped is not counted; a program that died without a "not ok"
// counts as one failure.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
    if (line.trim() === '')
        continue;
    const program = JSON.parse(line);
    const output = program.stdout ?? '';
    const good = (output.match(/^\s*ok\b(?!.*# *skip)/gim) ?? []).length;
    const bad = (output.match(/^\s*not ok\b/gm) ?? []).length;
    const well = program.result === 'OK' || program.result === 'SKIP';
    passed += good;
    failed += bad > 0 ? bad : well ? 0 : 1;
}
console.log(`${passed} ${failed}`);
