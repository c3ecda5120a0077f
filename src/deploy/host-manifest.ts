import { createHash } from 'node:crypto';
import { type Entry, type Manifest, manifestOf } from '../builds/manifest-text.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import type { ProjectSettings } from '../model/project.ts';
import { listingLines, sumLine } from './host-listing.ts';

type Shared = ProjectSettings['shared'];

/** The paths beside the releases of a host: the project's, and those that were agreed on when it was adopted. */
export function sharedOn(host: HostSnapshot, { settings }: ProjectSnapshot): Shared {
  const declared = new Set(settings.shared.map(({ path }) => path));
  return [...settings.shared, ...(host.adoption?.keep ?? []).filter(({ path }) => !declared.has(path))];
}

const shipped = new WeakMap<Manifest, Map<string, Manifest>>();

/** The manifest without what a project's shared paths replace: what is really shipped. Made once per manifest. */
export function shippedManifest(manifest: Manifest, shared: Shared): Manifest {
  if (shared.length === 0) return manifest;
  const ofManifest = shipped.get(manifest) ?? new Map<string, Manifest>();
  shipped.set(manifest, ofManifest);
  const name = shared.map(({ path }) => path).join('\n');
  const known = ofManifest.get(name) ?? without(manifest, shared);
  ofManifest.set(name, known);
  return known;
}

function without(manifest: Manifest, shared: Shared): Manifest {
  const covered = (entry: Entry) =>
    shared.some(({ path }) => entry.path === path || entry.path.startsWith(`${path}/`));
  return manifestOf(manifest.entries.filter((entry) => !covered(entry)));
}

/** `digest` names both: the host keeps what it verified under it. */
type Checks = { sums: Buffer; listing: Buffer; digest: string };
const made = new WeakMap<Manifest, Checks>();

/** A manifest as `sha256sum -c` and a sorted `find` take it: sums and listing. Made once per manifest. */
export function checkFiles(manifest: Manifest): Checks {
  const checks = made.get(manifest) ?? makeChecks(manifest);
  made.set(manifest, checks);
  return checks;
}

function makeChecks({ entries }: Manifest): Checks {
  const files = entries.filter((entry) => entry.kind === 'file');
  const sums = Buffer.from(files.map((file) => `${sumLine(file)}\n`).join(''));
  const listing = Buffer.from(
    listingLines(entries)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return { sums, listing, digest: sha256(Buffer.concat([sums, listing])) };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Shared paths as the actions' arguments. */
export function sharedArguments(shared: Shared): string[] {
  return shared.flatMap(({ kind, path }) => [kind, path]);
}
