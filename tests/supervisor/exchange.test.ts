import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { exchange, Late } from '../../src/supervisor/exchange.ts';

/** A stream whose far end says these pieces as soon as it was asked, and then ends unless it stays open. */
function answering(pieces: string[], staysOpen = false): Duplex {
  const stream = new Duplex({
    read() {},
    write(_question, _encoding, taken) {
      for (const piece of pieces) stream.push(Buffer.from(piece));
      if (!staysOpen) stream.push(null);
      taken();
    },
  });
  return stream;
}

async function ask(stream: Duplex, deadlineMs = 5000) {
  const answered = await exchange(stream, 'POST / HTTP/1.1\r\n\r\n', deadlineMs);
  return { ...answered, body: answered.body.toString() };
}

describe('a question over HTTP', () => {
  test('the body is as long as the head says, however it is cut into pieces', async () => {
    const text = 'HTTP/1.1 200 OK\r\nServer: Medusa\r\nContent-Length: 6\r\n\r\na中bc';
    const stream = answering([...text], true);
    expect(await ask(stream)).toEqual({ status: 200, body: 'a中bc', open: true });
    expect(stream.destroyed).toBe(false);
    expect(stream.eventNames()).not.toContain('data');
  });

  test('without a length it ends with the stream', async () => {
    expect(await ask(answering(['HTTP/1.0 500 Oh\r\n\r\n', 'sor', 'ry']))).toEqual({
      status: 500,
      body: 'sorry',
      open: false,
    });
  });

  test('what announces its end, or says more than it said it would, is not asked again', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n';
    for (const text of [`${head}Connection: close\r\n\r\nab`, `${head}\r\nabc`]) {
      const stream = answering([text], true);
      expect(await ask(stream)).toEqual({ status: 200, body: 'ab', open: false });
      expect(stream.destroyed).toBe(true);
    }
  });

  test.each([
    ['cut off in the body', ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'], 'cut off'],
    ['cut off in the head', ['HTTP/1.1 200 OK\r\nConte'], 'cut off'],
    ['nothing at all', [], 'no answer'],
    ['another protocol', ['SSH-2.0-x\r\n\r\n'], 'no HTTP answer'],
    ['a head without end', ['HTTP/1.1 200 OK\r\n', 'X: y\r\n'.repeat(11_000)], 'no HTTP answer'],
    ['a body without end', ['HTTP/1.1 200 OK\r\n\r\n', ...Array(17).fill('x'.repeat(2 ** 20))], 'too long'],
  ])('%s is refused', async (_what, pieces, words) => {
    await expect(ask(answering(pieces))).rejects.toThrow(words);
  });

  test('silence is told from all that', async () => {
    const stream = answering(['HTTP/1.1 200 OK\r\n'], true);
    await expect(ask(stream, 20)).rejects.toBeInstanceOf(Late);
    expect(stream.destroyed).toBe(true);
  });
});
