#!/usr/bin/env node
import { load } from './load.mjs';

/* The cedar command line, in this very process, so that signals and exit codes are its own. */
await load('bin/cedar');
