// count-packs.mjs CHECK.json STATUS — "PASSED FAILED" of `anlao check --json`: an example that holds
// has passed, a diagnosed error has failed.  Prints the errors.
import { readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const found = JSON.parse(readFileSync(file, 'utf8'));
for (const d of found.diagnostics ?? [])
    if (d.severity === 'error')
        console.error(`${d.file}:${d.line}:${d.column}: ${d.text}`);
const failed = found.errors > 0 ? found.errors : status === '0' ? 0 : 1;
const passed = failed > 0 ? 0 : Math.max(1, found.examples ?? 0);
console.log(`${passed} ${failed}`);
