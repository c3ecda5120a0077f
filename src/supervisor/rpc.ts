import { CedarError, messageOf } from '../errors.ts';
import type { ProcessInfo, SupervisorState } from '../model/process.ts';
import type { Line } from '../shells/ssh/lines.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import type { Target } from '../shells/ssh/target.ts';
import type { SupervisorAccess } from './access.ts';
import { type Answered, exchange, Late, Unanswered } from './exchange.ts';
import { requestOf } from './rpc-request.ts';
import { decodeAnswer, encodeCall, XmlFault, type XmlValue } from './xml.ts';

/** Groups by what a reread found out about their configuration. */
export type Reread = { added: string[]; changed: string[]; removed: string[] };

/** Deadline of a call that names none. */
const DEADLINE_MS = 10_000;
const GET_ALL = 'supervisor.getAllProcessInfo';
const ALL_PROCESSES = encodeCall(GET_ALL, []);
const BAD_NAME = 10;
const CANT_REREAD = 92;

/**
 * Supervisor's XML-RPC interface over the forwarded socket of a host; only what reads, plus reread, which changes
 * nothing that runs. A stream is used again by the next call.
 * Throws SshError where the host or its socket cannot be reached (`ssh_channels`: nothing listens, or it may not
 * be opened) and CedarError `supervisor_hung`, `supervisor_auth`, `supervisor_lost`, `supervisor_fault`; all with
 * `host` in their detail.
 */
export class SupervisorRpc {
  readonly #open: () => Line | Promise<Line>;
  readonly #access: SupervisorAccess;
  readonly #host: string;
  readonly #deadlineMs: number;

  constructor(pool: SshPool, target: Target, access: SupervisorAccess, deadlineMs = DEADLINE_MS) {
    this.#open = () =>
      pool.parked(target, access.socket) ?? pool.forward(target, access.socket, { deadlineMs });
    this.#access = access;
    this.#host = target.name;
    this.#deadlineMs = deadlineMs;
  }

  /** What supervisord answers when it is asked for all processes, those of other teams too; to be read by `read`. */
  answer(): Promise<Buffer> {
    return this.#post(ALL_PROCESSES);
  }

  /** @throws CedarError `supervisor_fault`, `supervisor_lost` where it is no list of processes */
  read(answer: Buffer): ProcessInfo[] {
    return (this.#decode(answer, GET_ALL) as RawProcess[]).map(toProcess);
  }

  /** What supervisord says of itself: RUNNING, RESTARTING, SHUTDOWN or FATAL. */
  async supervisorState(): Promise<string> {
    return String(((await this.#call('supervisor.getState')) as { statename: string }).statename);
  }

  /** Reads the configuration anew, touching no process. @throws CedarError `supervisor_reread` with its message. */
  async reread(): Promise<Reread> {
    const [groups] = (await this.#call('supervisor.reloadConfig')) as [[string[], string[], string[]]];
    const [added, changed, removed] = groups;
    return { added, changed, removed };
  }

  /**
   * The last `bytes` of a process's standard output; empty where the process or its log is not there. Supervisord
   * answers 500 to a tail that is no UTF-8, so one that begins within a character is asked for anew, shorter.
   */
  async tail(name: string, bytes: number): Promise<string> {
    return (await this.lastOf(name, 'Stdout', bytes)) ?? '';
  }

  /** As `tail`, of either stream; null where the process or its log is not there. */
  async lastOf(name: string, stream: 'Stdout' | 'Stderr', bytes: number): Promise<string | null> {
    const method = `supervisor.readProcess${stream}Log`;
    for (let cut = 0; ; cut++) {
      try {
        return String(await this.#call(method, [name, cut - Math.trunc(bytes), 0]));
      } catch (error) {
        if (!(error instanceof CedarError)) throw error;
        if (NO_LOG.has(Number(error.detail.fault))) return null;
        if (error.detail.reason !== 'HTTP 500' || cut >= 3) throw error;
      }
    }
  }

  async #call(method: string, params: XmlValue[] = []): Promise<XmlValue> {
    return this.#decode(await this.#post(encodeCall(method, params)), method);
  }

  #decode(answer: Buffer, method: string): XmlValue {
    try {
      return decodeAnswer(answer.toString());
    } catch (error) {
      throw this.#translate(error, method);
    }
  }

  async #post(body: string): Promise<Buffer> {
    try {
      const answer = await this.#exchange(requestOf(this.#access, body));
      if (answer.status === 401) throw new CedarError('supervisor_auth', { host: this.#host }, 502);
      if (answer.status !== 200) throw this.#lost(`HTTP ${answer.status}`);
      return answer.body;
    } catch (error) {
      if (error instanceof CedarError) throw error;
      if (error instanceof Late) throw this.#hung(error);
      throw this.#lost(messageOf(error), error);
    }
  }

  /** Asked again where the stream had been closed since it was used last: all that is asked here may be asked twice. */
  async #exchange(request: Buffer): Promise<Answered> {
    for (;;) {
      const line = await this.#open();
      try {
        const answer = await exchange(line.channel, request, this.#deadlineMs);
        if (answer.open) line.park();
        return answer;
      } catch (error) {
        if (!(error instanceof Unanswered && line.used)) throw error;
      }
    }
  }

  #translate(error: unknown, method: string): CedarError {
    if (!(error instanceof XmlFault)) return this.#lost(messageOf(error), error);
    const detail = { host: this.#host, method, fault: error.code, message: error.message };
    const code = error.code === CANT_REREAD ? 'supervisor_reread' : 'supervisor_fault';
    return new CedarError(code, detail, 502, { cause: error });
  }

  #hung(cause: unknown): CedarError {
    const detail = { host: this.#host, seconds: this.#deadlineMs / 1000 };
    return new CedarError('supervisor_hung', detail, 502, { cause });
  }

  #lost(reason: string, cause?: unknown): CedarError {
    return new CedarError('supervisor_lost', { host: this.#host, reason }, 502, { cause });
  }
}

/** Supervisor's faults BAD_NAME and NO_FILE. */
const NO_LOG = new Set([BAD_NAME, 20]);

type RawProcess = Record<'group' | 'name' | 'statename' | 'spawnerr', string> &
  Record<'pid' | 'start' | 'stop' | 'now' | 'exitstatus', number>;

function toProcess(raw: RawProcess): ProcessInfo {
  return {
    group: raw.group,
    name: raw.name,
    state: raw.statename as SupervisorState,
    pid: raw.pid,
    start: raw.start,
    stop: raw.stop,
    now: raw.now,
    exitStatus: raw.exitstatus,
    spawnError: raw.spawnerr,
  };
}
