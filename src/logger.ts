import { pino } from 'pino';

/** One JSON line per event on standard error. Never given secrets: callers log ids and names. */
export const logger = pino(
  {
    level: process.env.CEDAR_LOG_LEVEL ?? 'info',
    base: { pid: process.pid },
    redact: ['password', 'secret', 'token', 'req.headers.cookie', 'req.headers.authorization'],
  },
  pino.destination({ fd: 2, sync: true }),
);
