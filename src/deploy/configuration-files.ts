import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchFile } from '../builds/fetch-file.ts';
import { putFile } from '../builds/put-file.ts';
import { CedarError } from '../errors.ts';
import type { ConfigurationFile, FilePlacing } from '../model/configuration-file.ts';
import { secretsInText } from '../model/secret-text.ts';
import { renderProgram } from '../supervisor/program.ts';
import { StepFailed } from './failure.ts';
import { isThere, rootOf } from './operation-folder.ts';
import type { StepContext } from './step.ts';

/** Larger ones belong into the repository, or are downloaded by the build. */
const MOST_BYTES = 1024 * 1024;

/** Fetches the files that come from a URL, once per operation. Gives the keyed digest of each. */
export async function fetchFiles(context: StepContext): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const file of filesOf(context).filter(({ source }) => source === 'url')) {
    const content = await fetched(context, file);
    digests[file.path] = digestOf(context, content);
    context.log.line(
      `${file.path}: ${content.length} bytes${file.secret ? '' : `, sha256 ${sha256(content)}`}`,
    );
  }
  return digests;
}

/** A digest of all that the files bring into a release; undefined without files. */
export async function digestOfFiles(context: StepContext): Promise<string | undefined> {
  const files = filesOf(context);
  if (files.length === 0) return undefined;
  const parts: unknown[] = [];
  for (const file of files) {
    const { content, mode } = await ready(context, file);
    parts.push([file.path, file.placed, mode, digestOf(context, content)]);
  }
  return context.tools.vault.digest(JSON.stringify(parts));
}

/**
 * Writes the files of that placing.
 * @param folder below which their paths are, itself below `root`, which holds no links of anybody's
 * @throws StepFailed `file_template`, `file_fetch`, `file_changed`; CedarError `file_place`
 */
export async function writeFiles(
  context: StepContext,
  placed: FilePlacing,
  { root, folder }: { root: string; folder: string },
): Promise<string[]> {
  const files = filesOf(context).filter((file) => file.placed === placed);
  for (const file of files) {
    const { content, mode } = await ready(context, file);
    await putFile(root, folder ? `${folder}/${file.path}` : file.path, content, mode);
    context.log.line(`${file.path} is written, ${content.length} bytes`);
  }
  return files.map((file) => file.path);
}

type Ready = { content: Buffer; mode: number };

const filesOf = ({ snapshot }: StepContext): ConfigurationFile[] => snapshot.project.files ?? [];

async function ready(context: StepContext, file: ConfigurationFile): Promise<Ready> {
  if (file.source === 'url')
    return { content: await fetched(context, file), mode: file.secret ? 0o600 : 0o644 };
  const text = await textOf(context, file);
  if (!file.fill) return { content: Buffer.from(text), mode: file.secret ? 0o600 : 0o644 };
  const filled = fill(context, file, text);
  const holdsSecret = secretValues(context).some((secret) => filled.includes(secret));
  return { content: Buffer.from(filled), mode: file.secret || holdsSecret ? 0o600 : 0o644 };
}

/** What was fetched is kept beside the checkout; a successor on another machine must get the same. */
async function fetched(context: StepContext, file: ConfigurationFile): Promise<Buffer> {
  const folder = join(rootOf(context), 'files');
  const kept = join(folder, file.textId);
  const known = context.facts.fetched?.[file.path];
  const isKept = await isThere(kept);
  const content = isKept ? await readFile(kept) : await fetchNow(context, file);
  if (file.secret) context.hide(secretsInText(content.toString('utf8')));
  if (known !== undefined && digestOf(context, content) !== known)
    throw new StepFailed('file_changed', { path: file.path });
  if (isKept) return content;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await putFile(folder, file.textId, content, 0o600);
  return content;
}

async function fetchNow(context: StepContext, file: ConfigurationFile): Promise<Buffer> {
  const { config } = context.tools;
  const url = await textOf(context, file);
  context.log.line(`${file.path} from ${file.secret ? 'its address' : url}`);
  const rules = {
    allowInsecure: config.allowInsecureFiles,
    allowLoopback: config.allowLoopbackHosts,
    own: [],
  };
  const limits = {
    rules,
    timeoutMs: config.fileSeconds * 1000,
    maxBytes: MOST_BYTES,
    signal: context.signal,
  };
  try {
    return await fetchFile(url, limits);
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    const detail = { path: file.path, url: file.secret ? '***' : url, reason: String(error.detail.reason) };
    throw new StepFailed('file_fetch', detail, { cause: error });
  }
}

function fill(context: StepContext, file: ConfigurationFile, text: string): string {
  const { project } = context.snapshot;
  try {
    return renderProgram(text, {
      ...Object.fromEntries(project.env.map(({ name, value }) => [name, context.tools.vault.open(value)])),
      key: project.key,
      project: project.key.slice(project.environment.length + 1),
      environment: project.environment,
      port: project.port,
    });
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    throw new StepFailed('file_template', { path: file.path, message: String(error.detail.message) });
  }
}

async function textOf({ records, tools }: StepContext, { path, textId }: ConfigurationFile): Promise<string> {
  const sealed = (await records.fileTexts([textId])).get(textId);
  if (sealed === undefined) throw new StepFailed('file_gone', { path });
  return tools.vault.open(sealed);
}

function secretValues({ snapshot, tools }: StepContext): string[] {
  const secret = snapshot.project.env.filter((variable) => variable.secret);
  return secret.map(({ value }) => tools.vault.open(value)).filter((value) => value.length >= 4);
}

function digestOf({ tools }: StepContext, content: Buffer): string {
  return tools.vault.digest(content.toString('base64'));
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
