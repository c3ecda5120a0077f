/** What is wrong with a program's text: a locale code, the line from 1 on (0: the text as a whole), its places. */
export type ProgramProblem = { code: string; line: number; detail: Record<string, string | number> };

/** One `option=value` line. */
export type ProgramOption = { name: string; value: string; line: number };
/** The lines of a program's text, taken apart. */
export type ProgramText = {
  sections: { title: string; line: number }[];
  options: ProgramOption[];
  problems: ProgramProblem[];
};

const BLANK = /^[ \t]*$/;
const COMMENT = /^[;#]/;
const SECTION = /^\[([^\]]*)\][ \t]*$/;
const OPTION = /^([a-z_]+)[ \t]*=[ \t]*(.*?)[ \t]*$/s;
/** Where configparser cuts a value: white space (Python's idea of it) and a `;` or `#` after it. */
const CUT = /(?:^|[\s\x85])[;#]/;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;

/**
 * Takes a program's text apart, by a grammar narrower than configparser's, so that both read the same: no
 * continuation lines, no `:` between option and value, comments in lines of their own.
 */
export function readProgram(text: string): ProgramText {
  const program: ProgramText = { sections: [], options: [], problems: [] };
  text.split('\n').forEach((line, index) => {
    readLine(program, line, index + 1);
  });
  return program;
}

function readLine(program: ProgramText, text: string, line: number): void {
  const wrong = (code: string, detail = {}) => program.problems.push({ code, line, detail });
  if (CONTROL.test(text)) return void wrong('program_control');
  if (BLANK.test(text) || COMMENT.test(text)) return;
  const section = SECTION.exec(text);
  if (section) return void program.sections.push({ title: section[1] ?? '', line });
  const option = OPTION.exec(text);
  if (!option) return void wrong('program_line');
  const [, name = '', value = ''] = option;
  if (CUT.test(value)) wrong('program_comment', { option: name });
  program.options.push({ name, value, line });
}

/** The value of an option, or undefined where the text does not set it. */
export function optionOf(program: ProgramText, name: string): string | undefined {
  return program.options.find((option) => option.name === name)?.value;
}
