import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Vault } from './vault.ts';
import { secretProblem } from './weak-secret.ts';

/** What `loadSecrets` needs of the settings; empty texts where a secret is not configured. */
export type SecretSettings = {
  dataDir: string;
  sessionSecret: string;
  masterKey: string;
  /** Separated by commas. */
  masterKeyPrevious?: string;
};

/** `masterKey` is 32 bytes; `vault` seals with it and opens what previous keys sealed too. */
export type Secrets = { sessionSecret: string; masterKey: Buffer; vault: Vault };

/** Thrown when a secret must not be used; the message says which and what to do, and holds no secret. */
export class BadSecrets extends Error {}

const shape = z.strictObject({ sessionSecret: z.string(), masterKey: z.string() });
type Stored = z.output<typeof shape>;

/**
 * The secrets of this installation: those configured, else those of `<dataDir>/secrets.json`, which is made with
 * mode 0600 at the first start. Several processes may start at once: all get the same ones.
 * @throws BadSecrets for a weak or known secret (S7), and for a file that others may read (S72).
 */
export function loadSecrets(settings: SecretSettings): Secrets {
  const complete = settings.sessionSecret !== '' && settings.masterKey !== '';
  const stored = complete ? null : readOrMake(settings.dataDir);
  const sessionSecret = settings.sessionSecret || stored?.sessionSecret || '';
  const masterKey = Buffer.from(settings.masterKey || stored?.masterKey || '', 'base64');
  refuseWeak('CEDAR_SESSION_SECRET', secretProblem(sessionSecret));
  refuseWeak('CEDAR_MASTER_KEY', secretProblem(masterKey));
  const vault = new Vault(masterKey, previousKeys(settings.masterKeyPrevious ?? ''));
  return { sessionSecret, masterKey, vault };
}

function previousKeys(text: string): Buffer[] {
  const keys = text.split(',').map((part) => part.trim());
  const read = keys.filter((part) => part !== '').map((part) => Buffer.from(part, 'base64'));
  for (const key of read) refuseWeak('CEDAR_MASTER_KEY_PREVIOUS', secretProblem(key));
  return read;
}

function refuseWeak(name: string, problem: string | null): void {
  if (problem !== null)
    throw new BadSecrets(`${name} ${problem}. Make one with: openssl rand -base64 32, or leave it empty.`);
}

function readOrMake(dataDir: string): Stored {
  const file = join(dataDir, 'secrets.json');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return read(file) ?? make(file);
}

function read(file: string): Stored | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return null;
  if ((found.mode & 0o077) !== 0)
    throw new BadSecrets(`${file} may be read by others. Run: chmod 600 ${file}`);
  const stored = shape.safeParse(parse(file));
  if (!stored.success) throw new BadSecrets(`${file} is damaged. Restore it from a backup.`);
  return stored.data;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new BadSecrets(`${file} is damaged. Restore it from a backup.`, { cause });
  }
}

/** Written aside and linked into place: nobody reads half a file, and the first of several makers wins. */
function make(file: string): Stored {
  const fresh: Stored = {
    sessionSecret: randomBytes(32).toString('base64url'),
    masterKey: randomBytes(32).toString('base64'),
  };
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(aside, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(aside, file);
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return read(file) ?? fresh;
  } finally {
    rmSync(aside);
  }
}
