import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { CedarError } from '../errors.ts';

/** Seals secrets for the database: AES-256-GCM, `v1.<key id>.<nonce>.<ciphertext and tag>` in base64url. */
export class Vault {
  readonly #key: Buffer;
  readonly #keys: Map<string, Buffer>;
  readonly keyId: string;

  /** @param key 32 bytes, seals and opens. @param others also open what they sealed: keys being changed (S73). */
  constructor(key: Buffer, others: readonly Buffer[] = []) {
    if ([key, ...others].some(({ length }) => length !== 32))
      throw new CedarError('vault_key_length', {}, 500);
    this.#key = key;
    this.keyId = idOf(key);
    this.#keys = new Map([...others, key].map((one) => [idOf(one), one]));
  }

  /** Ids of the keys that only open. */
  get otherKeyIds(): string[] {
    return [...this.#keys.keys()].filter((id) => id !== this.keyId);
  }

  /** True for what was sealed with another of our keys, and should be sealed anew. */
  isOld(sealed: string): boolean {
    const keyId = sealed.split('.')[1] ?? '';
    return keyId !== this.keyId && this.#keys.has(keyId);
  }

  /** A keyed digest, hex: equal for equal texts, and of no use to who has not the key. */
  digest(text: string): string {
    return createHmac('sha256', this.#key).update('cedar-digest').update(text).digest('hex');
  }

  seal(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.keyId}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  }

  /** @throws CedarError `vault_open` where the text was not sealed with this key or was changed. */
  open(sealed: string): string {
    const [version, keyId, nonce, body] = sealed.split('.');
    const key = this.#keys.get(keyId ?? '');
    if (version !== 'v1' || !key || !nonce || !body) throw new CedarError('vault_open', {}, 500);
    const bytes = Buffer.from(body, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'));
      decipher.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new CedarError('vault_open', {}, 500, { cause });
    }
  }
}

function idOf(key: Buffer): string {
  return createHash('sha256').update('cedar-key-id').update(key).digest('hex').slice(0, 8);
}
