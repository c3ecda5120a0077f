import { pino } from 'pino';

/**
 * An error as our logs have it: in words, with its places, and nothing of what libraries hang on it. A database's holds
 * the whole statement with its values, a request's the headers with their tokens (S71).
 */
export function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return { type, message, code, stack, cause: cause instanceof Error ? plainError(cause) : undefined };
}

/** One JSON line per event on standard error. Never given secrets: callers log ids and names. */
export const logger = pino(
  {
    level: process.env.CEDAR_LOG_LEVEL ?? 'info',
    base: { pid: process.pid },
    serializers: { err: plainError },
    redact: ['password', 'secret', 'token', 'req.headers.cookie', 'req.headers.authorization'],
  },
  pino.destination({ fd: 2, sync: true }),
);
