import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { CedarError } from '../errors.ts';

/** Seals secrets for the database: AES-256-GCM, `v1.<key id>.<nonce>.<ciphertext and tag>` in base64url. */
export class Vault {
  readonly #key: Buffer;
  readonly keyId: string;

  /** @param key 32 bytes. */
  constructor(key: Buffer) {
    if (key.length !== 32) throw new CedarError('vault_key_length', {}, 500);
    this.#key = key;
    this.keyId = createHash('sha256').update('cedar-key-id').update(key).digest('hex').slice(0, 8);
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
    if (version !== 'v1' || keyId !== this.keyId || !nonce || !body)
      throw new CedarError('vault_open', {}, 500);
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, Buffer.from(nonce, 'base64url'));
    try {
      decipher.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new CedarError('vault_open', {}, 500, { cause });
    }
  }
}
