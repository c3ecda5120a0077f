const GRACE_MS = 1000;

/** The process group of a child that was spawned detached: its pid names the group. */
export class ProcessGroup {
  private readonly pid: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(pid: number | undefined) {
    this.pid = pid;
  }

  /** Asks the whole group to end, and ends it after a second's grace. */
  end(): void {
    if (this.timer) return;
    this.signal('SIGTERM');
    this.timer = setTimeout(() => this.signal('SIGKILL'), GRACE_MS);
  }

  /** Ends at once whatever is left of the group. */
  kill(): void {
    clearTimeout(this.timer);
    this.signal('SIGKILL');
  }

  private signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
