import { readdirSync, readFileSync } from 'node:fs';

/** A process as /proc tells of it (proc(5)); `started` in clock ticks since boot tells two users of one pid apart. */
export type Proc = { pid: number; parent: number; started: number; state: string; command: string };

/** The process of a pid, or null where there is none. */
export function procOf(pid: number): Proc | null {
  const stat = read(`/proc/${pid}/stat`);
  const command = read(`/proc/${pid}/cmdline`);
  if (stat === null || command === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    parent: Number(fields[1]),
    started: Number(fields[19]),
    state: fields[0] ?? '',
    command: command.split('\0').join(' ').trim(),
  };
}

/** True while the pid still belongs to the same, living process; a zombie counts as gone. */
export function isSame(proc: Proc): boolean {
  const now = procOf(proc.pid);
  return now !== null && now.started === proc.started && now.state !== 'Z';
}

/** Everything below a process, children before grandchildren. */
export function descendantsOf(pid: number): Proc[] {
  const all = processes();
  const found: Proc[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const children = all.filter((proc) => parents.has(proc.parent));
    found.push(...children);
    parents = new Set(children.map((proc) => proc.pid));
  }
  return found;
}

/** Every process, wherever it hangs in the tree, that inherited `name=value` in its environment. */
export function markedWith(name: string, value: string): Proc[] {
  return processes().filter((proc) =>
    read(`/proc/${proc.pid}/environ`)?.split('\0').includes(`${name}=${value}`),
  );
}

function processes(): Proc[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => procOf(Number(name)))
    .filter((proc) => proc !== null);
}

/** What a file of /proc says; null where the process is gone or somebody else's. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return null;
    throw error;
  }
}
