import { expect, test } from 'vitest';
import { OperationLog } from '../../src/deploy/operation-log.ts';
import { maskedForms } from '../../src/model/masker.ts';

const word = 'tok-9f8a7b6c5d4e';
const odd = `密码 "a'b" $c/ü\u{1f600}`;
const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nqZ8Jd0bLkVh1yR7u\n-----END KEY-----';

/** What is stored of an output that came in these pieces. */
async function stored(pieces: Buffer[]): Promise<string> {
  let text = '';
  const sink = async (chunks: { text: string }[]) => {
    text += chunks.map((chunk) => chunk.text).join('');
  };
  const log = new OperationLog(sink, maskedForms([word, odd, pem])).step('build');
  for (const piece of pieces) log.output(piece);
  await log.close();
  return text;
}

const printed: Record<string, [string, string]> = {
  'as it is': [`a ${word} b`, 'a *** b'],
  'letters of several bytes': [`a ${odd} b`, 'a *** b'],
  base64: [`a ${Buffer.from(word).toString('base64')} b`, 'a *** b'],
  'base64 of letters of several bytes': [`a ${Buffer.from(odd).toString('base64')} b`, 'a *** b'],
  'URL-encoded': [`?x=${encodeURIComponent(odd)}&y`, '?x=***&y'],
  hex: [`a ${Buffer.from(odd).toString('hex')} b`, 'a *** b'],
  'in a stack': [`Error: no ${word}\n    at f (a.js:1:1)\n`, 'Error: no ***\n    at f (a.js:1:1)\n'],
  'by set -x': [`+ curl -H 'X: ${word}'\n`, `+ curl -H 'X: ***'\n`],
  'in JSON': [JSON.stringify({ odd }), '{"odd":"***"}'],
  'a key of many lines': [`${pem}\nok`, '***\nok'],
  'a line of a key alone': ['x MIIEvQIBADANBgkq y', 'x *** y'],
};

test.each(Object.entries(printed))(
  '[S68] %s is masked, wherever two pieces of the output meet',
  async (_, [text, masked]) => {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(await stored([bytes.subarray(0, cut), bytes.subarray(cut)]), `cut at ${cut}`).toBe(masked);
    const one = [...bytes].map((byte) => Buffer.from([byte]));
    expect(await stored(one), 'byte after byte').toBe(masked);
  },
);
