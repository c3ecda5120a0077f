import { createHash } from 'node:crypto';
import { fileChanges } from '../builds/file-changes.ts';
import type { Manifest } from '../builds/manifest-text.ts';
import { CedarError, messageOf } from '../errors.ts';
import type { HostComparison } from '../model/comparison.ts';
import type { HostSnapshot, OperationKind, ProjectSnapshot } from '../model/operation.ts';
import { programDiff } from '../supervisor/program-diff.ts';
import { renderForHost } from '../supervisor/render-for-host.ts';
import { releaseIdOf } from './host-facts.ts';
import { checkFiles, sharedOn, shippedManifest } from './host-manifest.ts';
import { type HostRegard, regard } from './host-regard.ts';
import { restartsOf } from './restarts.ts';
import type { Tools } from './tools.ts';

/** What is compared: the new release where it is built, and the manifests that this machine knows. */
export type Compared = {
  kind: OperationKind;
  project: ProjectSnapshot;
  host: HostSnapshot;
  /** Null: not built yet; then no files are compared. */
  wanted: Manifest | null;
  manifest(releaseId: string): Promise<Manifest | null>;
  /** Hold every file of the live release against its sum too: as slow as reading the whole tree. */
  deep: boolean;
  signal: AbortSignal;
};

/** Looks at a host and says what the operation would change there. Never throws: a host that cannot be asked says why. */
export async function compareHost(
  tools: Pick<Tools, 'pool' | 'vault'>,
  compared: Compared,
): Promise<HostComparison> {
  const { hostId, name } = compared.host;
  const nothing = { hostId, host: name, problem: null, current: null, plain: false, ...unknown };
  try {
    return { ...nothing, ...(await compare(tools, compared)) };
  } catch (error) {
    const problem =
      error instanceof CedarError
        ? { code: error.code, detail: error.detail }
        : { code: 'unexpected', detail: { message: messageOf(error).slice(0, 300) } };
    return { ...nothing, problem };
  }
}

const unknown = {
  configuration: 'none' as const,
  configurationDiff: '',
  restarts: [],
  wayBack: null,
  edited: [],
  files: null,
};

async function compare(tools: Pick<Tools, 'pool' | 'vault'>, compared: Compared) {
  const { host, project, signal, wanted } = compared;
  const shared = sharedOn(host, project);
  const found = await regard(tools, host, project, null, signal);
  const live = await liveManifest(compared, found);
  const shipped = live && shippedManifest(live, shared);
  const edited = compared.deep && shipped ? await editedFiles(tools, compared, shipped) : [];
  const configuration = configurationOf(tools, compared, found);
  const current = releaseIdOf(found.current);
  return {
    current: found.current,
    plain: found.plain,
    problem: found.problem ? { code: found.problem, detail: { host: host.name } } : null,
    configuration,
    configurationDiff:
      configuration === 'changes' ? programDiff(project, host, tools.vault, found.configuration) : '',
    restarts: restartsOf(compared.kind, project, host),
    wayBack: current ? { releaseId: current, held: found.releases.includes(found.current ?? '') } : null,
    edited,
    files:
      wanted && (shipped || !found.current) ? fileChanges(shipped, shippedManifest(wanted, shared)) : null,
  };
}

async function liveManifest({ manifest }: Compared, { current }: HostRegard): Promise<Manifest | null> {
  const id = releaseIdOf(current);
  return id === null ? null : manifest(id);
}

function configurationOf(
  tools: Pick<Tools, 'vault'>,
  { project, host }: Compared,
  { configuration }: HostRegard,
): HostComparison['configuration'] {
  const text = renderForHost(project, host, tools.vault);
  if (text === '') return 'none';
  if (configuration === null) return 'new';
  const hash = (of: string) => createHash('sha256').update(of).digest('hex');
  return hash(text) === hash(configuration) ? 'same' : 'changes';
}

/** Paths that are not what was shipped: changed or gone by the sums, or there although nobody shipped them. */
async function editedFiles(
  tools: Pick<Tools, 'pool'>,
  { host, project, signal }: Compared,
  live: Manifest,
): Promise<string[]> {
  const { sums } = checkFiles(live);
  const found = await regard(tools, host, project, sums, signal);
  const known = new Set(live.entries.map(({ path }) => path));
  const strangers = found.there.filter((path) => !known.has(path)).map((path) => `+ ${path}`);
  return [...found.edited.map((path) => `~ ${path}`), ...strangers].slice(0, 500);
}
