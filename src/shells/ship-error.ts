import { CedarError } from '../errors.ts';
import { LocalError, lastLines } from './local-error.ts';

/**
 * disk_full: no room, or not writable for another reason of the disk · denied: not ours to write to · no_rsync: none on the host · no_local_rsync: none here · unreachable:
 * ssh did not come about or was cut off · deadline · aborted: by the caller · failed: anything else.
 */
export type ShipErrorKind =
  | 'disk_full'
  | 'denied'
  | 'no_rsync'
  | 'no_local_rsync'
  | 'unreachable'
  | 'deadline'
  | 'aborted'
  | 'failed';

/** A shipment that did not arrive whole. Its code is `ship_<kind>`; detail: host, code (rsync's, or -1), tail. */
export class ShipError extends CedarError {
  readonly kind: ShipErrorKind;

  constructor(kind: ShipErrorKind, host: string, code: number | null, said: string, cause?: unknown) {
    const tail = lastLines(said) || `rsync ended with code ${code ?? -1} and said nothing`;
    super(`ship_${kind}`, { host, code: code ?? -1, tail }, 502, { cause });
    this.name = 'ShipError';
    this.kind = kind;
  }
}

/** rsync could not write a file; its reason may be lost when the connection ends with it. */
const FILE_IO = 11;

/** The error for an rsync that failed; codes as rsync(1), "EXIT VALUES", has them, 255 is the bridge's own. */
export function shipError(host: string, code: number | null, said: string): ShipError {
  if (/No space left on device|Disk quota exceeded/.test(said))
    return new ShipError('disk_full', host, code, said);
  if (code === 127) return new ShipError('no_rsync', host, code, said);
  if (code === 255 || /^cedar: /m.test(said)) return new ShipError('unreachable', host, code, said);
  if (/Permission denied|Read-only file system/.test(said)) return new ShipError('denied', host, code, said);
  if (code === FILE_IO && !/No such file/.test(said)) return new ShipError('disk_full', host, code, said);
  return new ShipError('failed', host, code, said);
}

/** The error for an rsync that did not come to its own end. */
export function cutShort(host: string, error: unknown): unknown {
  if (!(error instanceof LocalError)) return error;
  const kinds = {
    missing: 'no_local_rsync',
    deadline: 'deadline',
    idle: 'deadline',
    aborted: 'aborted',
  } as const;
  return new ShipError(kinds[error.kind], host, null, error.result.stderr, error);
}
