import { programOptions } from '../supervisor/program-options.ts';
import { type PlainVariable, readVariables } from './variables.ts';

/** A template of the original in our words. */
export type Converted = {
  template: string;
  /** What its `environment=` said itself. */
  variables: PlainVariable[];
  /** Options and variables that are not taken. */
  dropped: string[];
};

/** The original's places and ours. `$env$` stands inside `environment=` alone. */
const places: Record<string, string> = {
  $HOST_PATH$: '{{ host_path }}/',
  $supervisor_log_path$: '{{ log_dir }}',
  $USER$: '{{ user }}',
  $environment$: '{{ environment }}',
  $project$: '{{ project }}',
  $port$: '{{ first }}',
  $pnum$: '{{ processes }}',
  $ip$: '{{ address }}',
};
const PLACE = /\$[A-Za-z_-]+\$/g;

/**
 * Rewrites a supervisor template of the original: places become Liquid's, what its environment line says becomes
 * variables of the project, and options that no template may set are left out.
 * @param known what a place stands for where its value is needed at once: in variables
 * @returns null where it cannot be rewritten
 */
export function convertTemplate(text: string, known: Record<string, string>): Converted | null {
  if (/\{\{|\{%/.test(text)) return null;
  const converted: Converted = { template: '', variables: [], dropped: [] };
  const lines: string[] = [];
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    const rewritten = rewriteLine(line.trim(), known, converted);
    if (rewritten === null) return null;
    if (rewritten !== '') lines.push(rewritten);
  }
  return { ...converted, template: `${lines.join('\n')}\n` };
}

/** Empty where the line is left out; null where it cannot be said. */
function rewriteLine(line: string, known: Record<string, string>, converted: Converted): string | null {
  if (line === '' || /^[;#]/.test(line)) return '';
  if (line.startsWith('[')) return line.startsWith('[program:') ? '[program:{{ key }}]' : null;
  const [name = '', ...rest] = line.split('=');
  const option = name.trim();
  const value = rest.join('=').trim();
  if (!Object.hasOwn(programOptions, option)) {
    converted.dropped.push(option);
    return '';
  }
  if (option === 'environment') return rewriteEnvironment(value, known, converted);
  const said = filled(value, places);
  return said === null
    ? null
    : `${option}=${option === 'directory' ? said.replace(/(?<!\/)\/+$/, '') : said}`;
}

function rewriteEnvironment(
  value: string,
  known: Record<string, string>,
  converted: Converted,
): string | null {
  const said = filled(value.replace(/(?:,|(?<![\s,]))\s*\$env\$\s*,?/, ','), known);
  const read = said === null ? null : readVariables(said.replace(/^,/, ''));
  if (read === null) return null;
  converted.variables.push(...read.variables);
  converted.dropped.push(...read.strange);
  return 'environment={{ env }}';
}

function filled(text: string, by: Record<string, string>): string | null {
  const unknown = (text.match(PLACE) ?? []).some((place) => !Object.hasOwn(by, place));
  return unknown ? null : text.replace(PLACE, (place) => by[place] ?? '');
}
