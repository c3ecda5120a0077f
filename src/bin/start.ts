import { BadSettings, loadEnvFile, readConfig } from '../config.ts';
import { logger } from '../logger.ts';
import { Child, runToEnd } from './child.ts';
import { tellCrashes } from './crash.ts';

/** `npm start`: migrates the database, then runs web, worker and health until it is told to end. */
async function main(): Promise<void> {
  loadEnvFile();
  const config = readConfig(process.env);
  await runToEnd('migrate', process.env, 'inherit');
  const children = ['web', 'worker', 'health'].map(
    (name) => new Child({ name, env: process.env, output: 'inherit', onDeath: reportDeath }),
  );
  for (const child of children) child.start();
  await askedToEnd();
  await Promise.all(children.map((child) => child.stop(config.drainSeconds * 1000 + 10_000)));
}

function reportDeath(name: string, how: string, pauseMs: number): void {
  logger.error({ program: name, how, pauseMs }, 'a program died and is started again');
}

function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        logger.info({ signal }, 'ending: the worker finishes the host at hand');
        resolve();
      });
  });
}

tellCrashes('start');
try {
  await main();
  process.exit(0);
} catch (error) {
  if (error instanceof BadSettings) process.stderr.write(`${error.message}\n`);
  else logger.fatal({ err: error }, 'could not start');
  process.exit(1);
}
