import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { HostSnapshot } from '../../model/operation.ts';
import type { SshPool } from '../ssh/pool.ts';
import { SshError } from '../ssh/ssh-error.ts';
import { targetOf } from '../ssh/target.ts';
import { type Answer, parseAnswer } from './answer.ts';
import { GuardRefused, OutcomeUnknown, StaleFence } from './guard-error.ts';
import { announced, deadlineOf, type GuardedRun, headOf, newNonce } from './request.ts';

const script = readFileSync(join(import.meta.dirname, 'guard.sh'), 'utf8');
const install = readFileSync(join(import.meta.dirname, 'install.sh'), 'utf8');
const sum = createHash('sha256').update(script).digest('hex');
const fileName = `guard-${sum.slice(0, 12)}.sh`;

/** So long after an answer was lost the guard is asked for it again. */
const ASK_AGAIN_MS = 15_000;

/** How a run ended: the action's exit code (124 and 137: ended by the time-out), when it began, what it printed. */
export type GuardedResult = { rc: number; at: number; out: string; replayed: boolean };

/** `args`: the guard's folder and the line on its standard input; `heard`: whether it answered. */
export type Announcement = {
  args: [string, string];
  deadlineMs: number;
  /** False where it has to be announced anew. @throws StaleFence, GuardRefused where it is busy */
  heard(stdout: string): boolean;
};

/** Changes hosts, through the guard script that lives there. */
export class Guard {
  private readonly pool: SshPool;
  private readonly installation: string;

  constructor(pool: SshPool, installation: string) {
    this.pool = pool;
    this.installation = installation;
  }

  /** Our folder on a host, below its host path. */
  folder(host: HostSnapshot): string {
    return `${host.settings.hostPath}/.cedar/guard-${this.installation}`;
  }

  /** Where the current guard is on a host, and what its SHA-256 is. */
  script(host: HostSnapshot): { file: string; sum: string } {
    return { file: `${this.folder(host)}/${fileName}`, sum };
  }

  /** Puts the current guard in place. @throws SshError, GuardRefused */
  async install(host: HostSnapshot, signal?: AbortSignal): Promise<void> {
    const argv = ['sh', '-c', install, 'cedar', this.folder(host), fileName, sum];
    const result = await this.pool.exec(targetOf(host), argv, { input: script, signal });
    if (result.code !== 0) throw new GuardRefused(host.name, 'INSTALL', result.stderr);
  }

  /** Tells the host our fence: whoever holds an older one is refused from then on. @throws StaleFence, SshError */
  async announce(host: HostSnapshot, projectKey: string, fence: number, signal?: AbortSignal): Promise<void> {
    const run = { ...announced(projectKey, fence), signal };
    this.judge(host, run, await this.send(host, 'announce', run));
  }

  /** The same for a command that asks the host other things in the same go: what it gives the guard, and hears of it. */
  announcement(host: HostSnapshot, projectKey: string, fence: number): Announcement {
    const run = announced(projectKey, fence);
    const nonce = newNonce();
    return {
      args: [this.folder(host), headOf('announce', run, nonce)],
      deadlineMs: deadlineOf(run),
      heard: (stdout) => {
        const answer = parseAnswer(stdout, nonce);
        if (answer?.word === 'STALE' || answer?.word === 'BUSY')
          this.judge(host, run, { ...answer, out: '' });
        return answer?.word === 'ANNOUNCED';
      },
    };
  }

  /**
   * Runs an action at most once. A lost connection is joined again, for a quarter of a minute: the guard waits for
   * the running action or answers with what was recorded.
   * @throws StaleFence, OutcomeUnknown, GuardRefused; SshError where nothing was sent
   */
  async run(host: HostSnapshot, run: GuardedRun): Promise<GuardedResult> {
    let lostAt: number | null = null;
    for (let attempt = 1; ; attempt++) {
      try {
        return this.judge(host, run, await this.send(host, 'run', run));
      } catch (error) {
        if (!(error instanceof SshError)) throw error;
        if (error.kind === 'lost' || error.kind === 'deadline') lostAt ??= performance.now();
        const inTime = lostAt !== null && performance.now() - lostAt < ASK_AGAIN_MS;
        if ((attempt >= 3 && !inTime) || run.signal?.aborted || !isPassing(error)) {
          throw lostAt === null ? error : new OutcomeUnknown(host.name, null, error);
        }
        await pause(Math.min(200 * attempt, 1000));
      }
    }
  }

  private async send(host: HostSnapshot, verb: string, run: GuardedRun): Promise<Answer | null> {
    const nonce = newNonce();
    const action = Buffer.from(run.action);
    const input = Buffer.from(run.input ?? '');
    const head = headOf(verb, run, nonce, [action.length, input.length]);
    const folder = this.folder(host);
    const result = await this.pool.exec(targetOf(host), ['sh', `${folder}/${fileName}`, folder], {
      input: Buffer.concat([Buffer.from(`${head}\n`), action, input, Buffer.from(`${nonce}\n`)]),
      deadlineMs: deadlineOf(run),
      maxBytes: 64 * 1024 * 1024,
      signal: run.signal,
    });
    const answer = parseAnswer(result.stdout, nonce);
    // Killed before it could say how it went on: its action may be running.
    if (!answer && (result.code === null || result.truncated)) {
      throw new SshError(
        'lost',
        targetOf(host),
        new Error(`the guard ended by ${result.signal ?? 'too long an answer'}`),
      );
    }
    if (!answer) throw new GuardRefused(host.name, `EXIT ${result.code}`, result.stderr || result.stdout);
    return answer.rc === null ? { ...answer, out: answer.out || result.stderr } : answer;
  }

  private judge(host: HostSnapshot, run: GuardedRun, answer: Answer | null): GuardedResult {
    if (answer?.word === 'STALE') throw new StaleFence(host.name, run.fence, answer.fence);
    if (answer?.word === 'UNKNOWN') throw new OutcomeUnknown(host.name, answer.at);
    if (!answer || answer.rc === null)
      throw new GuardRefused(host.name, answer?.word ?? 'NONE', answer?.out ?? '');
    return { rc: answer.rc, at: answer.at ?? 0, out: answer.out, replayed: answer.word === 'REPLAY' };
  }
}

function isPassing(error: SshError): boolean {
  return (
    error.kind === 'lost' ||
    error.kind === 'deadline' ||
    error.kind === 'unreachable' ||
    error.kind === 'refused'
  );
}
