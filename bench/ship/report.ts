import { cpus, totalmem } from 'node:os';

export type Row =
  | { name: string; ours: number; theirs: number | null; ratio: number; bar: number; ok: boolean }
  | { name: string; skipped: string };

/** What a benchmark found: sentences for people as they come, and the rows as one line of JSON at the end. */
export class Report {
  readonly rows: Row[] = [];
  readonly #bench: string;

  constructor(bench: string) {
    this.#bench = bench;
    const memory = Math.round(totalmem() / 2 ** 30);
    this.say(`${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory} GiB, node ${process.version}`);
  }

  say(text: string): void {
    console.log(text);
  }

  /** Must be so many times faster. */
  faster(name: string, ours: number, theirs: number, bar: number): void {
    const ratio = theirs / ours;
    this.#add({
      name,
      ours: rounded(ours),
      theirs: rounded(theirs),
      ratio: rounded(ratio),
      bar,
      ok: ratio >= bar,
    });
  }

  /** May take at most so many times as long. */
  within(name: string, ours: number, theirs: number, bar: number): void {
    const ratio = ours / theirs;
    this.#add({
      name,
      ours: rounded(ours),
      theirs: rounded(theirs),
      ratio: rounded(ratio),
      bar,
      ok: ratio <= bar,
    });
  }

  /** May be at most so much; the ratio is the share of it. */
  atMost(name: string, ours: number, bar: number, also = true): void {
    this.#add({
      name,
      ours: rounded(ours),
      theirs: null,
      ratio: rounded(ours / bar),
      bar,
      ok: ours <= bar && also,
    });
  }

  skipped(name: string, why: string): void {
    this.#add({ name, skipped: why.slice(0, 300) });
  }

  /** The last line. */
  end(): void {
    console.log(JSON.stringify({ bench: this.#bench, rows: this.rows }));
  }

  #add(row: Row): void {
    this.rows.push(row);
    this.say(
      'skipped' in row ? `${row.name}: skipped, ${row.skipped}` : `${row.ok ? 'ok  ' : 'MISS'} ${row.name}`,
    );
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
