import { type Entry, type Manifest, manifestOf } from '../builds/manifest-text.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import type { ProjectSettings } from '../model/project.ts';

type Shared = ProjectSettings['shared'];

/** The paths beside the releases of a host: the project's, and those that were agreed on when it was adopted. */
export function sharedOn(host: HostSnapshot, { settings }: ProjectSnapshot): Shared {
  const declared = new Set(settings.shared.map(({ path }) => path));
  return [...settings.shared, ...(host.adoption?.keep ?? []).filter(({ path }) => !declared.has(path))];
}

/** The manifest without what a project's shared paths replace: what is really shipped. */
export function shippedManifest(manifest: Manifest, shared: Shared): Manifest {
  if (shared.length === 0) return manifest;
  const covered = (entry: Entry) =>
    shared.some(({ path }) => entry.path === path || entry.path.startsWith(`${path}/`));
  return manifestOf(manifest.entries.filter((entry) => !covered(entry)));
}

type Checks = { sums: Buffer; listing: Buffer };
const made = new WeakMap<Manifest, Checks>();

/** A manifest as `sha256sum -c` and a sorted `find` take it: sums and listing. Made once per manifest. */
export function checkFiles(manifest: Manifest): Checks {
  const checks = made.get(manifest) ?? makeChecks(manifest);
  made.set(manifest, checks);
  return checks;
}

function makeChecks(manifest: Manifest): Checks {
  const sums: string[] = [];
  const listing: Buffer[] = [];
  for (const entry of manifest.entries) {
    if (entry.kind === 'link') listing.push(Buffer.from(`l - ./${entry.path} -> ${entry.target}\n`));
    else {
      sums.push(`${entry.sha256}  ./${entry.path}\n`);
      listing.push(Buffer.from(`f ${entry.mode.toString(8)} ./${entry.path}\n`));
    }
  }
  return { sums: Buffer.from(sums.join('')), listing: Buffer.concat(listing.sort(Buffer.compare)) };
}

/** Shared paths as the actions' arguments. */
export function sharedArguments(shared: Shared): string[] {
  return shared.flatMap(({ kind, path }) => [kind, path]);
}
