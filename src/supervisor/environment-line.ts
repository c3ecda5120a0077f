/** One environment variable in the open. */
export type OpenVariable = { name: string; value: string };

/**
 * The value of supervisor's `environment=` option for these variables: the program sees their exact bytes, except
 * those of `awkwardNames`, which are encoded and need `decodingCommand` around the command.
 * Supervisor reads the option in this order, and each reading is answered for: configparser (cuts at white space
 * followed by `;` or `#`), `%(here)s` (replaced everywhere), `%` formatting, a shlex that knows no escapes, and a
 * strip of all quotes at both ends.
 * Names: `[A-Z_][A-Z0-9_]*`; values: no control characters (model/variable.ts).
 */
export function environmentLine(variables: OpenVariable[]): string {
  return variables.map(({ name, value }) => `${name}=${quoted(inForm(value))}`).join(',');
}

/** Names of the variables whose values supervisor's grammar cannot express. */
export function awkwardNames(variables: OpenVariable[]): string[] {
  return variables.filter(({ value }) => isAwkward(value)).map(({ name }) => name);
}

/**
 * A command that decodes the awkward variables and becomes `command`: same process, values never in an argv.
 * Without awkward names it is `command` itself.
 */
export function decodingCommand(names: string[], command: string): string {
  if (names.length === 0) return command;
  const decoded = names.map((name) => `export ${name}="$(printf %%b "$${name}")"`).join(' && ');
  return `/bin/sh -c '${decoded} && exec "$@"' sh ${command}`;
}

function isAwkward(value: string): boolean {
  return /^['"]|['"]$/.test(value) || (value.includes('"') && value.includes("'"));
}

/** Awkward values as `printf %b` reads them: every byte but the plainest as backslash, 0 and three octal digits. */
function inForm(value: string): string {
  if (!isAwkward(value)) return value;
  const bytes = [...Buffer.from(value, 'utf8')];
  return bytes.map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : octal(byte))).join('');
}

function isPlain(byte: number): boolean {
  return /[A-Za-z0-9_.-]/.test(String.fromCharCode(byte)) && byte < 0x80;
}

function octal(byte: number): string {
  return `\\0${byte.toString(8).padStart(3, '0')}`;
}

/** Formats to nothing: keeps two characters apart until the reading after the one that must not see them together. */
const NOTHING = '%(program_name).0s';

function quoted(value: string): string {
  const quote = value.includes('"') ? "'" : '"';
  const formatted = value
    .replaceAll('%', '%%')
    .replaceAll('%(', `%${NOTHING}(`)
    .replace(/(^|[^\x21-\x7e])([;#])/g, `$1${NOTHING}$2`);
  return quote + formatted + quote;
}
