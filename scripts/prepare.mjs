import { join } from 'node:path';
import { requireNode } from './node-version.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensureSystemPackages, forTests } from './system-packages.mjs';

/** Installs what the tests need, and nothing else. */
requireNode();
ensureNpmPackages(join(import.meta.dirname, '..'), { dev: true });
ensureSystemPackages(forTests);
