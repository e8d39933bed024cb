// count-packs.mjs CHECK.json STATUS — "PASSED FAILED" of `anlao check --json`: an example that holds
// has passed, a diagnosed error or warning has failed.  Prints them.
import { readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const found = JSON.parse(readFileSync(file, 'utf8'));
for (const d of found.diagnostics ?? [])
    console.error(`${d.file}:${d.line}:${d.column}: ${d.severity}: ${d.text}`);
const faults = (found.errors ?? 0) + (found.warnings ?? 0);
const failed = faults > 0 ? faults : status === '0' ? 0 : 1;
const passed = failed > 0 ? 0 : Math.max(1, found.examples ?? 0);
console.log(`${passed} ${failed}`);
