import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { loadSecrets } from '../auth/secrets-file.ts';
import { Child, runToEnd } from '../bin/child.ts';
import { endAllBuilds } from '../builds/end-all.ts';
import { readConfig } from '../config.ts';
import { messageOf } from '../errors.ts';
import { translator } from '../i18n/index.ts';
import { KeyFolder } from '../shells/ssh/keys.ts';
import { openDatabase } from '../store/database.ts';
import * as workers from '../store/workers.ts';
import { announcement } from './announcement.ts';
import { Ending } from './ending.ts';
import { startFleet } from './fleet/fleet.ts';
import { firstFree, isFree } from './fleet/free-port.ts';
import { until } from './fleet/until.ts';
import { takeFolder } from './folder.ts';
import { gitAddress, hostAddresses, openNotebook } from './notebook.ts';
import { type DemoOptions, readOptions, terminalLanguage } from './options.ts';
import { register } from './register.ts';
import { surroundings } from './surroundings.ts';

const WEB = '127.0.0.1';

/** `npm run demo`: the console and a fleet on one machine, until Ctrl-C. Ends the process: 0, or 1 after an error. */
export async function runDemo(words: string[]): Promise<never> {
  const ending = new Ending();
  let code = 0;
  try {
    const options = readOptions(words);
    const t = translator(terminalLanguage(options));
    await begin(options, ending, (key) => process.stdout.write(`${t(`demo.${key}`)}\n`));
    await ending.asked();
    process.stdout.write(`\n${t('demo.ending')}\n`);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    code = ending.isAsked ? 0 : 1;
  }
  await ending.end();
  process.exit(code);
}

async function begin(options: DemoOptions, ending: Ending, say: (key: string) => void): Promise<void> {
  const dir = takeFolder(options.reset);
  const port = await webPort(options.port);
  const notebook = await openNotebook(dir);
  const env = surroundings(dir, port, options);
  const config = readConfig(env);
  const { vault } = loadSecrets(config);
  const log = openLog(dir);

  say('database');
  await runToEnd('migrate', env, log);
  const key = await new KeyFolder(join(dir, 'keys'), vault).ensure('default');

  say('fleet');
  const addresses = { hosts: hostAddresses, git: gitAddress, sshPort: notebook.sshPort };
  const fleet = await startFleet(dir, addresses, key.line);
  ending.add(fleet);

  say('register');
  const db = openDatabase(config);
  ending.add({ stop: () => db.destroy() });
  await register({ db, vault, notebook, hosts: fleet.hosts, git: fleet.git });

  say('console');
  const address = `http://${WEB}:${port}`;
  // builds outlive their worker; here, nothing outlives Ctrl-C
  ending.add({ stop: () => endAllBuilds(join(dir, 'builds')) });
  startProcesses(env, log, ending);
  const ready = async () => (await isUp(address)) && (await workers.alive(db, 'worker', 30_000)) > 0;
  await until(`the console answers (see ${join(dir, 'demo.log')})`, ready, 60_000, 100);
  process.stdout.write(announcement(terminalLanguage(options), address, notebook));
}

function startProcesses(env: NodeJS.ProcessEnv, output: number, ending: Ending): void {
  const onDeath = (name: string, how: string) => process.stderr.write(`${name}: ${how}\n`);
  const children = ['web', 'worker', 'health'].map((name) => new Child({ name, env, output, onDeath }));
  for (const child of children) child.start();
  ending.add({ stop: () => Promise.all(children.map((child) => child.stop(20_000))) });
}

/** The port that was asked for, else 8400 or the next free one. */
async function webPort(asked: number | null): Promise<number> {
  if (asked === null) return firstFree([WEB], 8400);
  if (await isFree(WEB, asked)) return asked;
  throw new Error(`Port ${asked} is in use: npm run demo -- --port <another>`);
}

function openLog(dir: string): number {
  mkdirSync(dir, { recursive: true });
  return openSync(join(dir, 'demo.log'), 'a', 0o600);
}

async function isUp(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return false;
    throw error;
  }
}
