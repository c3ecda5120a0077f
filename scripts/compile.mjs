import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { sourcesOf, stateOf } from './sources.mjs';

/* `npm run compile`: what src/ and migrations/ say now becomes build/<state>/, in which node needs no help. */

/** What is read from the project's folder beside src/. */
const beside = ['views', 'public', 'templates', 'scripts', 'node_modules', 'package-lock.json'];
/** Each script of it is made one with what it imports, for browsers. */
const forBrowsers = 'src/web/browser/';
/** Builds that stay although they are not the newest: a program may still run from them. */
const KEPT = 4;
const DAY_MS = 24 * 3600 * 1000;

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const builds = join(root, 'build');
try {
  mkdirSync(builds, { recursive: true });
  await compile();
  prune();
} catch (error) {
  process.exitCode = 1;
  if (error.code === 'EACCES' || error.code === 'EROFS')
    console.error(`${builds} cannot be written. Run this once as its owner: npm run compile`);
  // esbuild has told its own
  else if (!error.errors) throw error;
}

/** Into a folder of its own first: a crash half-way, or two of us at once, harm nobody. */
async function compile() {
  const state = stateOf(root);
  const made = mkdtempSync(join(builds, '.new-'));
  try {
    await translate(sourcesOf(root), made);
    if (stateOf(root) === state) keep(made, join(builds, state));
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

async function translate(sources, made) {
  await build({
    absWorkingDir: root,
    entryPoints: sources.filter((path) => path.endsWith('.ts')),
    outdir: made,
    outbase: root,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.12',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [{ name: 'one file each', setup: oneFileEach }],
  });
  await build({
    absWorkingDir: root,
    entryPoints: sources.filter((path) => path.startsWith(forBrowsers)),
    outdir: made,
    outbase: root,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    banner: { js: '/* Apache ECharts, Apache License 2.0: see node_modules/echarts */' },
    logLevel: 'warning',
  });
  for (const path of sources) if (!path.endsWith('.ts')) cpSync(join(root, path), join(made, path));
  for (const name of beside) symlinkSync(join('../..', name), join(made, name));
}

/** Each import stays one, of the compiled file. */
function oneFileEach(maker) {
  maker.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, kind }) =>
    kind === 'entry-point' ? null : { path: path.replace(/\.ts$/, '.js'), external: true },
  );
}

function keep(made, folder) {
  try {
    renameSync(made, folder);
  } catch (error) {
    // another process was quicker with the same
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}

function prune() {
  const aged = readdirSync(builds)
    .map((name) => ({ path: join(builds, name), at: ageOf(join(builds, name)) }))
    .sort((one, other) => other.at - one.at);
  for (const { path, at } of aged.slice(KEPT))
    if (Date.now() - at > DAY_MS) rmSync(path, { recursive: true, force: true });
}

/** @returns {number} 0 for what has gone meanwhile */
function ageOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
