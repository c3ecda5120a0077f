import { join } from 'node:path';
import { requireNode } from './node-version.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensureSystemPackages, forDemo } from './system-packages.mjs';

requireNode();
const root = join(import.meta.dirname, '..');
ensureNpmPackages(root, { dev: false });
ensureSystemPackages(forDemo);

const { register } = await import('tsx/esm/api');
register();
const { runDemo } = await import('../src/demo/demo.ts');
await runDemo(process.argv.slice(2));
