import { join } from 'node:path';
import { requireNode } from './node-version.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensureSystemPackages, forDemo } from './system-packages.mjs';

requireNode();
const root = join(import.meta.dirname, '..');
ensureNpmPackages(root, { dev: false });
ensureSystemPackages(forDemo);

const { load } = await import('./load.mjs');
const { runDemo } = await load('demo/demo');
await runDemo(process.argv.slice(2));
