import { join } from 'node:path';
import { requireNode } from './node-version.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

requireNode();
ensureNpmPackages(join(import.meta.dirname, '..'), { dev: false });
ensureSystemPackages(['git', 'rsync']);

const { load } = await import('./load.mjs');
await load('bin/start');
