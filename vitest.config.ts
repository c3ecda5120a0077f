import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Most tests wait for real daemons most of the time, so twice as many run at once as the machine has cores; none is hurried. */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/lab/compiled-once.ts',
    pool: 'forks',
    maxWorkers: Math.min(8, 2 * availableParallelism()),
    // knex imports the migrations by itself, past vitest: node must be able to read TypeScript
    execArgv: ['--import', 'tsx'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});
