import { createHash, timingSafeEqual } from 'node:crypto';
import type { ForgeEvent } from '../../model/push.ts';

/** A header's value by its name in small letters; empty where it is absent. */
export type Header = (name: string) => string;

/** A place that keeps repositories and tells of pushes. */
export type Forge = {
  name: 'github' | 'gitlab' | 'gitee';
  /** True where the request says that it comes from there. */
  sends(header: Header): boolean;
  /** True where whoever sent the body knows the secret. `now`: epoch ms. */
  signed(header: Header, body: Buffer, secret: string, now: number): boolean;
  /** Reads a signed body. @throws CedarError `bad_request` */
  read(header: Header, body: Buffer): ForgeEvent;
};

/** Compares without telling by its time how much was right. */
export function same(given: string | Buffer, right: string | Buffer): boolean {
  const [a, b] = [given, right].map((one) => createHash('sha256').update(one).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** A name for a body: what was signed, not what stands beside it, says whether it came before. */
export function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
