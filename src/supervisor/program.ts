export { checkProgram } from './check-program.ts';
export { environmentLine } from './environment-line.ts';
export type { ProgramPlace } from './program-options.ts';
export type { ProgramProblem } from './program-text.ts';
export { renderProgram } from './template.ts';
export { programVariables } from './variables.ts';
