/** Counts who uses something, and tells when nobody has for a while. */
export class Uses {
  private idleMs: number;
  private readonly unused: () => void;
  private idle: NodeJS.Timeout | undefined;
  private count = 0;
  private over = false;

  constructor(idleMs: number, unused: () => void) {
    this.idleMs = idleMs;
    this.unused = unused;
    this.wait();
  }

  /** One more, until the answer is called. */
  take(): () => void {
    clearTimeout(this.idle);
    this.count += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.count -= 1;
      this.wait();
    };
  }

  /** From now on nobody is waited for. */
  hurry(): void {
    this.idleMs = 0;
    if (this.count === 0) this.unused();
  }

  /** Tells nothing more. */
  end(): void {
    this.over = true;
    clearTimeout(this.idle);
  }

  private wait(): void {
    clearTimeout(this.idle);
    if (this.count === 0 && !this.over) this.idle = setTimeout(this.unused, this.idleMs);
  }
}
