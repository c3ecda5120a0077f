import { expand } from './expansion.ts';
import { optionOf, readProgram } from './program-text.ts';

/**
 * The full names `group:name` of the processes that a checked program starts, in the order of their numbers (and so
 * of their ports).
 */
export function namesIn(text: string, key: string): string[] {
  const program = readProgram(text);
  const numprocs = Number(optionOf(program, 'numprocs') ?? 1);
  const first = Number(optionOf(program, 'numprocs_start') ?? 0);
  const name = optionOf(program, 'process_name') ?? '%(program_name)s';
  return Array.from({ length: numprocs }, (_, index) => {
    const process_num = first + index;
    return `${key}:${expand(name, { program_name: key, process_num, numprocs }) ?? name}`;
  });
}
