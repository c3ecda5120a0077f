import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MOST_FILES } from '../model/configuration-file.ts';
import { maskedForms } from '../model/masker.ts';
import type { Operation } from '../model/operation.ts';
import { secretsInText } from '../model/secret-text.ts';
import { registries } from '../registries/index.ts';
import type { Db } from '../store/database.ts';
import * as projectFiles from '../store/project-files.ts';
import { isThere } from './operation-folder.ts';
import type { Tools } from './tools.ts';

/** A file of a release that only its owner may read is a secret one; larger or more of them are not ours. */
const MOST_BYTES = 128 * 1024;
const MOST_SECRET = 2 * MOST_FILES;

/** All forms of everything that must not be read in a log of this operation. */
export async function formsOf(db: Db, operation: Operation, tools: Tools): Promise<string[]> {
  const texts = await fileSecrets(db, operation, tools);
  return [...maskedForms(variableSecrets(operation, tools)), ...texts];
}

function variableSecrets({ snapshot }: Operation, { vault }: Tools): string[] {
  const variables = [snapshot.project.env, ...snapshot.hosts.map((host) => host.env)].flat();
  const passwords = snapshot.hosts.map((host) => host.settings.supervisorPassword).filter(Boolean);
  const secret = variables.filter((variable) => variable.secret).map((variable) => variable.value);
  return [...secret, ...passwords, ...registrySecrets(snapshot)].map((sealed) => vault.open(sealed));
}

function registrySecrets({ project }: Operation['snapshot']): string[] {
  const { name, options } = project.settings.registry;
  const known = registries.find((registry) => registry.name === name)?.options ?? [];
  const secret = known.filter((option) => option.kind === 'secret');
  return secret.map((option) => options[option.name] ?? '').filter(Boolean);
}

/** Of the secret configuration files: their texts and addresses, and what was fetched from those already. */
async function fileSecrets(db: Db, { id, projectKey, snapshot }: Operation, tools: Tools): Promise<string[]> {
  const files = (snapshot.project.files ?? []).filter((file) => file.secret);
  if (files.length === 0) return [];
  const sealed = await projectFiles.texts(
    db,
    files.map((file) => file.textId),
  );
  const kept = files.map((file) =>
    join(tools.config.dataDir, 'builds', projectKey, id, 'files', file.textId),
  );
  const fetched = await Promise.all(kept.map(textAt));
  return [...[...sealed.values()].map((text) => tools.vault.open(text)), ...fetched].flatMap(secretsInText);
}

/** What the secret files of a kept release hold, of an earlier one too; nothing where it is not on this machine. */
export async function releaseSecrets({ releases }: Tools, key: string, id: string): Promise<string[]> {
  if (!(await releases.holds(key, id))) return [];
  const { entries } = await releases.manifest(key, id);
  const secret = entries.filter(
    (entry) => entry.kind === 'file' && (entry.mode & 0o077) === 0 && entry.size <= MOST_BYTES,
  );
  if (secret.length > MOST_SECRET) return [];
  const texts = await Promise.all(secret.map((entry) => textAt(join(releases.path(key, id), entry.path))));
  return texts.flatMap(secretsInText);
}

async function textAt(path: string): Promise<string> {
  return (await isThere(path)) ? await readFile(path, 'utf8') : '';
}
