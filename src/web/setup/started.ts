import type { Asker } from '../../deploy/asker.ts';
import { CedarError } from '../../errors.ts';
import type { Operation } from '../../model/operation.ts';
import { passAgain } from '../operation/pass-again.ts';
import { readable } from '../operation/refusal.ts';
import type { Page } from '../page.ts';

/** Where a form shows why nothing was started: the field for each code. */
export type Places = Record<string, { field: string; code?: string }>;

type Typed = { idempotencyKey?: string; reason?: string | null; pass?: string | null };

/** The person at hand as whoever asks for an operation. */
export function askerHere(page: Page, typed: Typed): Asker {
  const { idempotencyKey = null, reason = null, pass = null } = typed;
  return {
    ...{ by: page.who, via: 'web', ip: page.req.ip ?? null, requestId: String(page.req.id) },
    ...{ reason, idempotencyKey, pass },
  };
}

/**
 * Starts an operation and goes to its page; a refusal that `places` names is told at its field, and one that an
 * administrator may pass with a field for the reason: the form's schema takes it as `pass`.
 */
export async function started(
  page: Page,
  start: () => Promise<Operation>,
  places: Places = {},
): Promise<void> {
  try {
    page.redirect(`/operations/${(await start()).id}`);
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    const { code, detail, status } = error;
    const place = places[code];
    if (place) page.refuse({ field: place.field, code: place.code ?? code, detail });
    if (await passAgain(page, error)) return;
    throw new CedarError(code, readable(page, detail), status, { cause: error });
  }
}
