import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as secure } from 'node:tls';
import { messageOf } from '../../errors.ts';
import { type AddressRules, judgeAddress } from '../../model/host-address.ts';
import { OutboundError } from './outbound-error.ts';

/** Opens a stream to an address as another machine sees it, such as through its ssh connection. */
export type Tunnel = (address: string, port: number, signal: AbortSignal) => Promise<Duplex>;

/** How outbound calls go. `signal` ends them, its deadline too. */
export type Way = { rules: AddressRules; signal: AbortSignal; tunnel?: Tunnel | undefined };

/**
 * A connection to a machine, never by a proxy of the environment (S66). Of a name every address must be one that we
 * speak to, and the one that was judged is the one that is called (S62).
 * @param address without brackets.
 * @throws OutboundError
 */
export async function open(address: string, port: number, way: Way, tls = false): Promise<Duplex> {
  const stream = await orLate(way, `${address}:${port}`, () => plain(address, port, way));
  stream.on('error', () => undefined);
  if (!tls) return stream;
  return orLate(way, `${address}:${port}`, async () => {
    const secured = secure({ socket: stream, ...(isIP(address) === 0 && { servername: address }) });
    await connected(secured, 'secureConnect', way.signal);
    return secured;
  });
}

async function plain(address: string, port: number, { rules, signal, tunnel }: Way): Promise<Duplex> {
  if (tunnel) return tunnel(admit(address, { ...rules, allowLoopback: true }), port, signal);
  const socket = connect({ host: await resolved(address, rules), port });
  await connected(socket, 'connect', signal);
  return socket;
}

async function resolved(address: string, rules: AddressRules): Promise<string> {
  const literal = admit(address, rules);
  if (isIP(literal)) return literal;
  const found = await lookup(literal, { all: true });
  for (const one of found) admit(one.address, rules);
  return (found.find((one) => one.family === 4) ?? found[0])!.address;
}

function admit(address: string, rules: AddressRules): string {
  const verdict = judgeAddress(address, rules);
  if (verdict.ok) return verdict.address;
  throw new OutboundError('forbidden', address, 'calls to such addresses are not allowed');
}

/** Waits for the event; a stream that did not get so far is closed. */
async function connected(stream: Duplex, event: string, signal: AbortSignal): Promise<void> {
  try {
    await once(stream, event, { signal });
  } catch (error) {
    stream.on('error', () => undefined).destroy();
    throw error;
  }
}

/** Whatever goes wrong on the way, in one of our words. @throws OutboundError */
export async function orLate<T>(
  { signal }: Pick<Way, 'signal'>,
  address: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (error instanceof OutboundError) throw error;
    if (signal.aborted) throw new OutboundError('late', address, 'no answer in time', signal.reason);
    const refused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' || isRefusal(error);
    throw new OutboundError(refused ? 'refused' : 'unreachable', address, wordsOf(error), error);
  }
}

/** How sshd says that nobody listens at the far end of a tunnel. */
function isRefusal(error: unknown): boolean {
  return wordsOf(error).includes('Connection refused');
}

function wordsOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const cause = error instanceof Error && error.cause ? messageOf(error.cause) : '';
  return [code, messageOf(error), cause].filter(Boolean).join(' ').slice(0, 200);
}
