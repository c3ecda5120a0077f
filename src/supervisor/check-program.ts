import { expand } from './expansion.ts';
import { type ProgramPlace, programOptions } from './program-options.ts';
import { optionOf, type ProgramProblem, type ProgramText, readProgram } from './program-text.ts';

/** A rendered program may be so long: variables included. */
const LIMIT = 4_000_000;

/**
 * What is wrong with a rendered program, in the order of its lines; empty: it may go to the host. Refused is all
 * that could touch other programs (another section or name, `user=`, a log file elsewhere) and all that would make
 * supervisord refuse the whole host's configuration.
 * Codes name the locale texts `field.<code>`, whose places are `line` and those of `detail`.
 */
export function checkProgram(text: string, place: ProgramPlace): ProgramProblem[] {
  if (text.length > LIMIT) return [{ code: 'program_long', line: 0, detail: {} }];
  const program = readProgram(text);
  const problems = [
    ...program.problems,
    ...checkSections(program, place),
    ...checkOptions(program, place),
    ...checkTogether(program, place),
  ];
  return problems
    .sort((a, b) => a.line - b.line)
    .map((problem) => ({ ...problem, detail: { ...problem.detail, line: problem.line } }));
}

function checkSections({ sections, options }: ProgramText, { key }: ProgramPlace): ProgramProblem[] {
  const expected = `program:${key}`;
  const own = sections.filter(({ title }) => title === expected);
  const problems = sections
    .filter(({ title }) => title !== expected)
    .map(({ title, line }) => ({ code: 'program_section', line, detail: { found: title, expected } }));
  if (own.length === 0) problems.push({ code: 'program_none', line: 0, detail: { found: '', expected } });
  for (const { line, title } of own.slice(1))
    problems.push({ code: 'program_twice', line, detail: { found: title, expected } });
  const first = options[0]?.line ?? Number.POSITIVE_INFINITY;
  if (sections[0] && first < sections[0].line)
    problems.push({ code: 'program_before_section', line: first, detail: { found: '', expected } });
  return problems;
}

function checkOptions({ options }: ProgramText, place: ProgramPlace): ProgramProblem[] {
  const seen = new Set<string>();
  return options.flatMap(({ name, value, line }) => {
    const detail = { option: name };
    const check = Object.hasOwn(programOptions, name) ? programOptions[name] : undefined;
    if (!check) return [{ code: 'program_option', line, detail }];
    if (seen.has(name)) return [{ code: 'program_option_twice', line, detail }];
    seen.add(name);
    return check(value, place)
      ? []
      : [{ code: codeOf(name), line, detail: { ...detail, ...expected(name, place) } }];
  });
}

const OWN_CODES = ['command', 'process_name', 'directory', 'environment'];

function codeOf(option: string): string {
  if (OWN_CODES.includes(option)) return `program_${option}`;
  return option.endsWith('_logfile') ? 'program_log' : 'program_value';
}

function expected(option: string, place: ProgramPlace): Record<string, string> {
  if (option === 'directory') return { expected: place.directory };
  return option.endsWith('_logfile') ? { expected: `${place.logDir}/` } : {};
}

/** What no option can be judged by alone. */
function checkTogether(program: ProgramText, place: ProgramPlace): ProgramProblem[] {
  const problems: ProgramProblem[] = [];
  const wrong = (option: string, code: string, detail = {}) => {
    const line = program.options.find(({ name }) => name === option)?.line ?? 0;
    problems.push({ code, line, detail: { option, ...detail } });
  };
  if (optionOf(program, 'command') === undefined) wrong('command', 'program_no_command');
  if ((optionOf(program, 'numprocs') ?? '1') !== String(place.processes))
    wrong('numprocs', 'program_processes', { expected: place.processes });
  const name = optionOf(program, 'process_name') ?? '%(program_name)s';
  if (place.processes > 1 && !isPerProcess(name)) wrong('process_name', 'program_process_names');
  if (isOn(optionOf(program, 'stopasgroup')) && isOff(optionOf(program, 'killasgroup')))
    wrong('killasgroup', 'program_value');
  return problems;
}

function isPerProcess(name: string): boolean {
  const at = (process_num: number) => expand(name, { program_name: 'p', process_num, numprocs: 2 });
  return name.includes('%(process_num)') && at(1) !== at(2);
}

function isOn(value: string | undefined): boolean {
  return /^(?:true|yes|on|1)$/i.test(value ?? '');
}

function isOff(value: string | undefined): boolean {
  return /^(?:false|no|off|0)$/i.test(value ?? '');
}
