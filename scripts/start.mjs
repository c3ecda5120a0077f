import { join } from 'node:path';
import { requireNode } from './node-version.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

requireNode();
ensureNpmPackages(join(import.meta.dirname, '..'), { dev: false });
ensureSystemPackages(['git', 'rsync']);

const { register } = await import('tsx/esm/api');
register();
await import('../src/bin/start.ts');
