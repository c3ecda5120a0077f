import type { Request } from 'express';

/** A message shown once, on the next page: `key` is its text, `detail` fills the places. */
export type Flash = { key: string; detail?: Record<string, string | number>; kind?: 'ok' | 'bad' };

declare module 'express-session' {
  interface SessionData {
    flash: Flash;
  }
}

export function keepFlash(req: Request, flash: Flash): void {
  req.session.flash = flash;
}

/** The message waiting, which is thereby shown. */
export function takeFlash(req: Request): Flash | null {
  const flash = req.session?.flash ?? null;
  if (flash) delete req.session.flash;
  return flash;
}
