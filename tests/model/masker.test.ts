import { describe, expect, it } from 'vitest';
import { Masker, mask, maskedForms } from '../../src/model/masker.ts';

const secret = 'hunter2-S3cret!';

describe('the masker', () => {
  it('[S68] masks a secret cut at every place', () => {
    for (let cut = 0; cut <= secret.length; cut++) {
      const masker = new Masker(maskedForms([secret]));
      const shown =
        masker.push(`a ${secret.slice(0, cut)}`) + masker.push(`${secret.slice(cut)} b`) + masker.end();
      expect(shown).toBe('a *** b');
    }
  });

  it('masks byte by byte', () => {
    const masker = new Masker(maskedForms([secret]));
    const text = `x${secret}y${secret}`;
    expect([...text].map((one) => masker.push(one)).join('') + masker.end()).toBe('x***y***');
  });

  it('masks base64, URL-encoded and each line of a key', () => {
    const pem = '-----BEGIN KEY-----\nabcdefgh\nijklmnop\n-----END KEY-----';
    const forms = maskedForms([secret, pem]);
    expect(mask(Buffer.from(secret).toString('base64'), forms)).toBe('***');
    expect(mask(encodeURIComponent(secret), forms)).toBe('***');
    expect(mask('here: ijklmnop!', forms)).toBe('here: ***!');
  });

  it('masks it in hex, as a shell or JSON quotes it, and in base64 wherever it stands', () => {
    const odd = `it's "a" $ecret/ü`;
    const forms = maskedForms([odd]);
    const told = (text: string) => mask(text, forms);
    expect(told(`: '${odd.replaceAll("'", "'\\''")}'`)).toBe(": '***'");
    expect(told(JSON.stringify({ odd }))).toBe('{"odd":"***"}');
    expect(told(Buffer.from(odd).toString('hex'))).toBe('***');
    for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
      for (const after of ['', '\n', 'z', 'yz']) {
        const text = Buffer.from(before + odd + after).toString('base64');
        const left = told(text);
        expect(left, text).toContain('***');
        expect(left.length, left).toBeLessThanOrEqual(3 + 2 * (before.length + 3));
      }
    }
  });

  it('masks the longer of two secrets that begin alike', () => {
    expect(mask('token-long token', maskedForms(['token', 'token-long']))).toBe('*** ***');
  });

  it('waits for the longer of two secrets that begin alike, and halves none', () => {
    const masker = new Masker(maskedForms(['token', 'token-long', 'enough']));
    expect(masker.push('token') + masker.push('-long token') + masker.push('!') + masker.end()).toBe(
      '*** ***!',
    );
  });

  it('lets out what only looked like a beginning', () => {
    const masker = new Masker(maskedForms([secret]));
    expect(masker.push('hunter')).toBe('');
    expect(masker.heldBytes).toBe(6);
    expect(masker.push(' went home')).toBe('hunter went home');
  });

  it('leaves values of fewer than four characters alone', () => {
    expect(maskedForms(['abc'])).toEqual([]);
  });
});
