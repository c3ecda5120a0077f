import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { Vault } from '../../auth/vault.ts';
import { CedarError } from '../../errors.ts';
import { makeKeyPair } from './key-pair.ts';

/** A key as others may see it: the line for authorized_keys, and what `ssh-keygen -l` would print. */
export type PublicKey = { line: string; fingerprint: string };

/** The worker's own keys, one file each with mode 0600 in a folder with mode 0700. */
export class KeyFolder {
  readonly dir: string;
  private readonly vault: Vault | null;

  /** @param vault seals the keys that are made here. A key put there by hand may also lie open. */
  constructor(dir: string, vault: Vault | null = null) {
    this.dir = dir;
    this.vault = vault;
  }

  /**
   * Makes an ed25519 key of that name unless there is one; several processes may ask at once.
   * @throws CedarError ssh_key_folder where others may look into the folder
   */
  async ensure(name: string): Promise<PublicKey> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    if ((await stat(this.dir)).mode & 0o077) throw new CedarError('ssh_key_folder', { dir: this.dir }, 500);
    const path = this.path(name);
    const known = await stat(path).catch(absent);
    if (!known) await this.generate(path, name);
    else await this.sealAnew(path);
    return await this.public(name);
  }

  /** @throws CedarError ssh_key_missing, ssh_key_mode or ssh_key_unreadable. */
  async public(name: string): Promise<PublicKey> {
    const key = ssh2.utils.parseKey(await this.private(name));
    if (key instanceof Error) throw new CedarError('ssh_key_unreadable', { name, reason: key.message }, 500);
    const wire = key.getPublicSSH();
    return {
      line: `${key.type} ${wire.toString('base64')} ${key.comment || `cedar-${name}`}`,
      fingerprint: fingerprintOf(wire),
    };
  }

  /**
   * The key in OpenSSH's format.
   * @throws CedarError ssh_key_missing; ssh_key_mode where others may read it; vault_open.
   */
  async private(name: string): Promise<string> {
    const path = this.path(name);
    const known = await stat(path).catch(absent);
    if (!known) throw new CedarError('ssh_key_missing', { name }, 500);
    if (known.mode & 0o077) throw new CedarError('ssh_key_mode', { name }, 500);
    const text = await readFile(path, 'utf8');
    return this.vault && text.startsWith('v1.') ? this.vault.open(text.trim()) : text;
  }

  private async generate(path: string, name: string): Promise<void> {
    const made = makeKeyPair(`cedar-${name}`);
    const draft = `${path}.${randomUUID()}`;
    const text = this.vault ? this.vault.seal(made.private) : made.private;
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    try {
      await link(draft, path);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    } finally {
      await unlink(draft);
    }
  }

  /** After a change of the master key: the file is replaced as a whole. */
  private async sealAnew(path: string): Promise<void> {
    const text = (await readFile(path, 'utf8')).trim();
    if (!this.vault?.isOld(text)) return;
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, this.vault.seal(this.vault.open(text)), { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  }

  private path(name: string): string {
    if (!/^[a-z0-9][a-z0-9_-]{0,47}$/.test(name)) throw new CedarError('ssh_key_name', { name });
    return join(this.dir, name);
  }
}

/** `SHA256:…` of a key in wire form, as OpenSSH prints it. */
export function fingerprintOf(wire: Buffer): string {
  return `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`;
}

function absent(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null;
  throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
