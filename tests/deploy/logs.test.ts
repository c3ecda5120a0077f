import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import type { StepRow } from '../../src/model/step.ts';
import type { Db } from '../../src/store/database.ts';
import * as logGaps from '../../src/store/log-gaps.ts';
import * as logs from '../../src/store/logs.ts';
import * as operations from '../../src/store/operations.ts';
import * as steps from '../../src/store/steps.ts';
import { eachDatabase } from '../lab/database.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { build, fails, running, story } from './story.ts';

vi.setConfig({ testTimeout: 120_000 });
const cap = 8_388_608;

eachDatabase((kind) => {
  describe(`the log of an operation, ${kind}`, () => {
    let rig: Rig;
    let worker: WorkerProcess;

    beforeAll(async () => {
      rig = await Rig.start({ hosts: 1, database: kind });
      worker = rig.startWorker();
    });

    /** Builds and fails, so that no host has to wait; gives the build's step and what is stored of it. */
    async function built(name: string, command: string) {
      const own = await story(rig, name, { build: build(`${command}\nexit 9`) });
      const { id } = await fails(own, { kind: 'deploy' }, 'build_exit');
      return { id, ...(await stored(own, id)) };
    }

    async function stored(own: Rig, id: string) {
      const step = (await steps.ofOperation(own.db, id)).find((row) => row.name === 'build') as StepRow;
      const chunks = await logs.ofStepAfter(own.db, step.id, 0, 100_000);
      return { step, chunks, text: chunks.map((chunk) => chunk.text).join('') };
    }

    it('holds a line of eight megabytes', async () => {
      const { step, text } = await built('long', `head -c 8000000 /dev/zero | tr '\\0' y`);
      const start = text.indexOf('yyyy');
      expect(text.slice(start, text.lastIndexOf('y') + 1)).toHaveLength(8_000_000);
      expect(step.gapBytes).toBe(0);
    });

    it('holds bytes that are no text, and leaves letters of four bytes whole', async () => {
      const print = `process.stdout.write('aaa\\u{1F600}'.repeat(200000))`;
      const command = `printf 'one\\xff\\xfe\\x00\\xc3\\x28two\\n'\n${process.execPath} -e "${print}"\nprintf '\\nend\\xe2\\x82'`;
      const { id, text, chunks } = await built('bytes', command);
      expect(text).toMatch(/one\uFFFD+\u2400\uFFFD\(two\n/);
      expect(text.split('\u{1F600}')).toHaveLength(200_001);
      expect(text.slice(text.indexOf('(two'), text.lastIndexOf('end')).includes('\uFFFD')).toBe(false);
      expect(text).toContain('\nend\uFFFD');
      const all = await logs.after(rig.db, id, 0, 100_000);
      expect(all.map((chunk) => chunk.seq)).toEqual(all.map((_, index) => index + 1));
      expect((await operations.byId(rig.db, id))?.lastLog).toBe(all.length);
      expect(chunks.every((chunk) => chunk.text.length <= 32 * 1024)).toBe(true);
    });

    it('keeps the beginning and the end of fifty megabytes, counts the gap, and memory stays flat', async () => {
      await built('warm', 'seq 1 100000');
      const memory = new MemoryWatch(worker.child.pid!);
      const flood = 'seq -f "line %.0f of a flood that never ends" 1 1300000';
      const { step, chunks, text } = await built('flood', flood).finally(() => memory.stop());
      expect(step.logBytes).toBeGreaterThan(50_000_000);
      const kept = chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk.text), 0);
      expect(kept).toBe(step.logBytes - step.gapBytes);
      expect(kept).toBeLessThanOrEqual(cap + 64 * 1024);
      expect(kept).toBeGreaterThan(cap * 0.9);
      expect(step.logLines).toBeGreaterThan(1_300_000);
      expect(text).toContain('line 1 of a flood');
      expect(text).toContain('line 1300000 of a flood');
      const gap = await logGaps.ofStep(rig.db, step);
      expect(gap?.bytes).toBe(step.gapBytes);
      const seqs = chunks.map((chunk) => chunk.seq);
      const jumps = seqs.filter((seq, index) => index > 0 && seq !== seqs[index - 1]! + 1);
      expect(jumps).toHaveLength(1);
      expect(gap?.after).toBe(seqs[seqs.indexOf(jumps[0]!) - 1]);
      expect(memory.grown).toBeLessThan(80);
    });

    it('goes on where a lost worker left it: each line once, without its secret', async () => {
      const own = await story(rig, 'joined', {
        build: build('for i in $(seq 1 400); do echo "<$i äöü $TOKEN>"; sleep 0.01; done; exit 9'),
      });
      await own.changeEnv({ TOKEN: 'streng-gehéim-€' }, true);
      const { id } = await own.launch({ kind: 'deploy' });
      const begun = async () => (await stored(own, id)).text.includes('<50 ');
      await until('it builds', begun, 30_000, 10);
      await worker.kill();
      worker = rig.startWorker();
      expect(await own.ended(id)).toMatchObject({
        state: 'failed',
        failure: { code: 'build_exit', exitCode: 9 },
      });
      const { text } = await stored(own, id);
      const found = [...text.matchAll(/<(\d+) äöü \*\*\*>\n/g)].map((match) => Number(match[1]));
      expect(found).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
      expect(text).not.toMatch(/\uFFFD|geh/);
    });
  });
});

/** Looks at a process's memory every 20 ms. */
class MemoryWatch {
  /** The most it grew, in MiB. */
  grown = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    const rss = () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
    const before = rss();
    this.#timer = setInterval(() => {
      this.grown = Math.max(this.grown, Math.round(rss() - before));
    }, 20);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

describe('secrets', () => {
  const token = 'tok-9f8a7b6c5d4e3f2a1b0c';
  const odd = `it's "a" $ecret & <more>/ü`;
  const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nqZ8Jd0bLkVh1yR7uXw\n-----END KEY-----';
  const canaries = [token, odd, 'MIIEvQIBADANBgkqhkiG9w0', 'qZ8Jd0bLkVh1yR7uXw'].flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
    encodeURIComponent(secret),
  ]);
  let rig: Rig;
  let worker: WorkerProcess;

  beforeAll(async () => {
    rig = await Rig.start({ hosts: 1 });
    worker = rig.startWorker();
  });

  /** Every value that a build or a program prints in vain. */
  const printing = [
    'echo "plain $TOKEN and $ODD"',
    'for ((i = 0; i < ${#TOKEN}; i++)); do printf %s "${TOKEN:$i:1}"; sleep 0.02; done; echo',
    'printf %s "$TOKEN" | base64',
    'printf %s "$ODD" | base64 -w0; echo',
    'echo "$PEM"',
    `${process.execPath} -e 'console.log(encodeURIComponent(process.env.ODD), JSON.stringify(process.env), process.env)'`,
    'set -x; : "$TOKEN" "$ODD" "$PEM"; set +x',
    'echo "error: refused for $TOKEN" >&2',
  ];

  async function expectSecret(own: Rig, sampler: CommandSampler): Promise<void> {
    const dump = await dumpOf(own.db);
    for (const canary of canaries) {
      expect(
        dump.filter((cell) => cell.includes(canary)),
        `${canary} in the database`,
      ).toEqual([]);
      expect(worker.output.includes(canary), `${canary} in the worker's log`).toBe(false);
      expect([...sampler.found].filter((line) => line.includes(canary))).toEqual([]);
    }
  }

  it('[S68] [S69] never leave the build, whatever way they are printed, nor the card of its failure', async () => {
    const own = await story(rig, 'secret', { build: build(`${printing.join('\n')}\nexit 7`) });
    await own.changeEnv({ TOKEN: token, ODD: odd, PEM: pem }, true);
    const sampler = new CommandSampler();
    const { id, failure } = await fails(own, { kind: 'deploy' }, 'build_exit').finally(() => sampler.stop());
    const log = await own.logOf(id);
    expect(log).toContain('plain *** and ***\n');
    expect(log).toContain('error: refused for ***');
    expect(failure.tail).toContain('error: refused for ***');
    await expectSecret(own, sampler);
  });

  it('[S68] [S69] never leave a program that prints them and dies', async () => {
    const own = await running(rig, 'dies');
    await own.changeEnv({ TOKEN: token, ODD: odd, PEM: 'x'.repeat(20) }, true);
    const die = `console.log('no access with', process.env.TOKEN, JSON.stringify(process.env.ODD)); process.exit(1)`;
    own.repository.commit('dies', { branch: 'dies', files: { 'index.js': die } });
    const sampler = new CommandSampler();
    const { failure } = await fails(own, { kind: 'deploy', ref: 'dies' }, 'not_running').finally(() =>
      sampler.stop(),
    );
    expect(failure.programTail).toContain('no access with *** "***"');
    await expectSecret(own, sampler);
  });
});

/** Every text in every table. */
async function dumpOf(db: Db): Promise<string[]> {
  const tables = await db('sqlite_master').where({ type: 'table' }).select('name');
  const rows = await Promise.all(tables.map(({ name }) => db(name as string).select()));
  return rows.flat().flatMap((row) => Object.values(row).map(String));
}

/** Reads every command line of the machine again and again. */
class CommandSampler {
  readonly found = new Set<string>();
  readonly #timer = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      this.found.add(commandOf(pid));
  }, 20);

  stop(): void {
    clearInterval(this.#timer);
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
