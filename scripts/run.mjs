import { load } from './load.mjs';

/* `node scripts/run.mjs web`: a program of src/bin. */
const programs = ['web', 'worker', 'health', 'migrate', 'start'];
const name = process.argv[2];
if (programs.includes(name)) await load(`bin/${name}`);
else {
  console.error(`Give one of: ${programs.join(', ')}`);
  process.exitCode = 2;
}
