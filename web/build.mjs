// build.mjs — makes web/dist, all that a browser gets besides pages: npm run build.
// In: node_modules (pinned in package.json), web/*.css, web/*.js, web/icon.svg.  Out: web/dist.
import { build } from 'esbuild';
import { copyFile, mkdir, rm, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = dirname(fileURLToPath(import.meta.url));
const dist = join(web, 'dist');
const common = {
  bundle: true,
  minify: true,
  legalComments: 'eof', // the licences of what is bundled stay in the files
  target: ['chrome90', 'firefox90', 'safari15'], // Kylin and UOS carry Chromium near 100
  outdir: dist,
  logLevel: 'warning',
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await build({ ...common, entryPoints: { site: join(web, 'site.css') }, loader: { '.svg': 'dataurl' } });
await build({ ...common, format: 'iife', entryPoints: { app: join(web, 'app.js'), chart: join(web, 'chart.js') } });
await copyFile(join(web, 'icon.svg'), join(dist, 'icon.svg'));
for (const name of (await readdir(dist)).sort()) {
  const { size } = await stat(join(dist, name));
  console.log(`web/dist/${name} ${Math.ceil(size / 1024)} KB`);
}
