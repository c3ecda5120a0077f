import type { Manifest } from '../builds/manifest-text.ts';
import { CedarError } from '../errors.ts';
import type { Release } from '../model/release.ts';
import type { Tools } from './tools.ts';

/** Does this machine hold the release's tree, exactly as it was built? */
export async function isKept(
  { releases }: Pick<Tools, 'releases'>,
  key: string,
  release: Release,
): Promise<boolean> {
  if (!(await releases.holds(key, release.id))) return false;
  const manifest = await releases.manifest(key, release.id);
  return manifest.hash === release.manifestHash && (await releases.verify(key, release.id)).ok;
}

/** A release's manifest, or null where this machine knows it not. */
export async function knownManifest(
  { releases }: Pick<Tools, 'releases'>,
  key: string,
  id: string,
): Promise<Manifest | null> {
  try {
    return await releases.manifest(key, id);
  } catch (error) {
    if (error instanceof CedarError && (error.code === 'release_gone' || error.code === 'release_name'))
      return null;
    throw error;
  }
}
