/** What `%(…)` may name in a program's text; process_num and numprocs are only known to some options. */
export type Expansions = { program_name: string; process_num?: number; numprocs?: number };

/** Placeholders that are allowed: bounded, so that no width of a billion is asked of supervisord. */
const PLACE =
  /%(?:%|\((program_name|group_name|host_node_name)\)(\.0)?s|\((process_num|numprocs)\)(0?[1-9])?[ds])/g;

/** What `%(host_node_name)s` stands for here, where the host's own idea of its name is not known. */
const SOME_HOST = 'host';

/**
 * Fills a value as supervisor's `%` formatting does, or null where supervisor would refuse it (and with it the
 * whole host's configuration), or where the placeholder is none of ours.
 */
export function expand(value: string, known: Expansions): string | null {
  let wrong = false;
  const filled = value.replace(PLACE, (place, text, none, number, width) => {
    if (place === '%%') return '\0';
    if (text) return none ? '' : text === 'host_node_name' ? SOME_HOST : known.program_name;
    const found = known[number as 'process_num' | 'numprocs'];
    if (found === undefined) wrong = true;
    return padded(found ?? 0, width ?? '');
  });
  return wrong || filled.includes('%') ? null : filled.replaceAll('\0', '%');
}

function padded(number: number, width: string): string {
  return String(number).padStart(Number(width), width.startsWith('0') ? '0' : ' ');
}
