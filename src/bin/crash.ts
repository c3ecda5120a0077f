import { logger } from '../logger.ts';

/**
 * What nobody caught ends the program, as ever, but it is told by its kind, its code and its places alone: its message,
 * and whatever hangs on it, may hold all that was in memory, secrets too (S71).
 */
export function tellCrashes(program: string): void {
  process.on('uncaughtException', (error: unknown, origin) => {
    logger.fatal({ program, origin, ...bare(error) }, 'crashed');
    process.exit(1);
  });
}

/** An error without any of its words. */
export function bare(error: unknown): { kind: string; code?: string; at: string[] } {
  if (!(error instanceof Error)) return { kind: typeof error, at: [] };
  const { name, message, stack = '' } = error;
  const { code } = error as { code?: unknown };
  const said = stack.indexOf(message);
  const places = said < 0 ? '' : stack.slice(said + message.length);
  return {
    kind: WORD.test(name) ? name : 'Error',
    code: WORD.test(String(code)) ? String(code) : undefined,
    at: places.split('\n').flatMap((line) => PLACE.exec(line)?.[1] ?? []),
  };
}

const WORD = /^\w{1,60}$/;
const PLACE = /^ {4}at (.{1,300}:\d{1,7}:\d{1,7}\)?)$/;
