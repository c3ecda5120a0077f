import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const endSchema = z.object({
  /** Set where `ended` is exit: 128 and the number for a signal, as shells tell it. */
  code: z.number().int().nullable(),
  /** idle: printed nothing for too long · lost: its watcher is gone, so the outcome is not known. */
  ended: z.enum(['exit', 'timeout', 'idle', 'cancelled', 'lost']),
});
/** How a build ended. */
export type BuildEnd = z.output<typeof endSchema>;

const wardenSchema = z.object({ pid: z.number().int().positive(), start: z.number(), boot: z.string() });
/** The process that watches over a build; no other process has the same three. */
export type Warden = z.output<typeof wardenSchema>;

/** Linux counts process times in hundredths of a second (USER_HZ, time(7)). */
const TICKS = 100;

/** The folder in which a build and its watchers meet: `pid`, `out`, `stop` and `rc`. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Null while it runs; what cannot be read (the machine lost power) counts as lost. */
  async end(): Promise<BuildEnd | null> {
    const text = await this.read('rc');
    return text === null ? null : (parsed(endSchema, text) ?? { code: null, ended: 'lost' });
  }

  /** Null before it began. */
  async warden(): Promise<Warden | null> {
    const text = await this.read('pid');
    return text === null ? null : (parsed(wardenSchema, text) ?? { pid: 1, start: -1, boot: '' });
  }

  /** To be written before the warden is told to end, so that the end says why. */
  async stopFor(reason: 'cancelled' | 'timeout'): Promise<void> {
    await writeFile(this.file('stop'), reason, { mode: 0o600 });
  }

  private read(name: string): Promise<string | null> {
    return textOf(this.file(name));
  }
}

/** Seconds for which the warden has run, by the machine's uptime; null where it is gone. */
export async function ageOf(warden: Warden): Promise<number | null> {
  const boot = await textOf('/proc/sys/kernel/random/boot_id');
  const stat = await textOf(`/proc/${warden.pid}/stat`);
  const uptime = await textOf('/proc/uptime');
  if (stat === null || boot?.trim() !== warden.boot) return null;
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  if (fields[0] === 'Z' || Number(fields[19]) !== warden.start) return null;
  return Number(uptime?.split(' ')[0]) - warden.start / TICKS;
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
