import type { Duplex } from 'node:stream';
import { open, orLate, type Way } from './open.ts';
import { OutboundError } from './outbound-error.ts';

const MOST_BYTES = 4096;

/**
 * Says one line and hears one.
 * @returns the answer without its line end.
 * @throws OutboundError; `unreachable` where the far end closed without an answer.
 */
export async function sayLine(address: string, port: number, line: string, way: Way): Promise<string> {
  const stream = await open(address, port, way);
  try {
    return await orLate(way, `${address}:${port}`, () => {
      stream.write(`${line}\n`);
      return hearLine(stream, way.signal, `${address}:${port}`);
    });
  } finally {
    stream.on('error', () => undefined).destroy();
  }
}

function hearLine(stream: Duplex, signal: AbortSignal, address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')).trim());
      else if (text.length > MOST_BYTES)
        reject(new OutboundError('unreachable', address, 'an endless answer'));
    });
    stream.once('error', reject);
    // Some answer without a line end and close.
    stream.once('end', () => {
      if (text.trim()) resolve(text.trim());
      else reject(new OutboundError('unreachable', address, 'closed without an answer'));
    });
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
