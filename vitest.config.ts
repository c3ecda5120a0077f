import { defineConfig } from 'vitest/config';

/** Real daemons are started by the tests, so few run at once and none is hurried. */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // knex imports the migrations by itself, past vitest: node must be able to read TypeScript
    execArgv: ['--import', 'tsx'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});
