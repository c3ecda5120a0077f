/** Writes for people or, with `--json`, for programs: then stdout holds one JSON value and nothing else. */
export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** A line for people. */
  say(text: string): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** Text for people as it comes, without the control characters that could steer a terminal. */
  log(text: string): void {
    if (!this.json) process.stdout.write(plain(text));
  }

  /** The result: as a table of these columns, or as JSON. */
  table(rows: Record<string, unknown>[], columns: string[], value: unknown = rows): void {
    this.value(value);
    if (this.json) return;
    const cells = [
      columns.map((name) => name.toUpperCase()),
      ...rows.map((row) => columns.map((name) => cell(row[name]))),
    ];
    const widths = columns.map((_, index) => Math.max(...cells.map((line) => (line[index] ?? '').length)));
    for (const line of cells)
      this.say(
        line
          .map((text, index) => text.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd(),
      );
  }

  value(value: unknown): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  warn(text: string): void {
    process.stderr.write(`cedar: ${plain(text)}\n`);
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  return plain(Array.isArray(value) ? value.join(',') : String(value)).replace(/\s+/g, ' ');
}

/** Without colours and other control characters; of a line that was written over, what was left of it. */
function plain(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(/(?<![^\n])[^\n]*\r/g, '')
    .replace(/\x1b\[[0-9;]*m/g, '')
    .replace(/[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]/g, '');
}
