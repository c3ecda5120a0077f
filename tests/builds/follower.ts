import { runBuild } from '../../src/builds/build.ts';

// A worker that does nothing but follow one build: started, and killed, by build.test.ts.
const [runDir = '', workspace = '', command = ''] = process.argv.slice(2);
const end = await runBuild({
  runDir,
  workspace,
  command,
  env: { PATH: process.env.PATH ?? '' },
  timeoutSeconds: 60,
  idleSeconds: 60,
  fromOffset: 0,
  onOutput: (chunk, next) => process.stdout.write(`${next} ${chunk.toString()}`),
});
process.stdout.write(`END ${JSON.stringify(end)}\n`);
