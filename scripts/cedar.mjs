#!/usr/bin/env node
import { register } from 'tsx/esm/api';

/* The cedar command line: reads TypeScript in this very process, so that signals and exit codes are its own. */
register();
await import('../src/bin/cedar.ts');
