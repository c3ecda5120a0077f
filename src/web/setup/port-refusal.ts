import { CedarError } from '../../errors.ts';
import type { Judge } from '../judge.ts';

const codes = new Set(['ports_taken', 'ports_range']);

/** Runs a deed; ports that belong to another project are told at `field` of the form. */
export async function portsAt<T>(page: Judge, field: string, deed: () => Promise<T>): Promise<T> {
  try {
    return await deed();
  } catch (error) {
    if (!(error instanceof CedarError) || !codes.has(error.code)) throw error;
    return page.refuse({ field, code: error.code, detail: error.detail });
  }
}
