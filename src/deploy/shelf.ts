import type { Manifest } from '../builds/manifest-text.ts';
import type { ReleasesFolder } from '../builds/releases-folder.ts';
import { CedarError } from '../errors.ts';
import type { Release } from '../model/release.ts';
import { type Parcel, pack } from './parcel.ts';

/** What a release is not here any more for; the last two: it was damaged. */
const LOST = new Set(['release_gone', 'release_name', 'manifest_text', 'build_output']);

/** The releases that this machine holds of one project, each read once per operation however many hosts ask. */
export class Shelf {
  readonly #releases: ReleasesFolder;
  readonly #key: string;
  readonly #manifests = new Map<string, Promise<Manifest | null>>();
  readonly #verdicts = new Map<string, Promise<boolean>>();
  readonly #parcels = new WeakMap<Manifest, WeakMap<Manifest, Promise<Parcel | null>>>();

  constructor(releases: ReleasesFolder, projectKey: string) {
    this.#releases = releases;
    this.#key = projectKey;
  }

  /** A release's manifest, or null where this machine knows it not. */
  manifest(id: string): Promise<Manifest | null> {
    const known = this.#manifests.get(id) ?? this.#read(id);
    this.#manifests.set(id, known);
    return known;
  }

  /** Is the release's tree here, exactly as it was built? */
  isWhole(release: Release): Promise<boolean> {
    const known = this.#verdicts.get(release.id) ?? this.#verify(release);
    this.#verdicts.set(release.id, known);
    return known;
  }

  /** What makes `wanted`, shipped from release `id`, out of `old`; null: it does not go in a parcel. */
  parcel(id: string, old: Manifest, wanted: Manifest): Promise<Parcel | null> {
    const ofOld = this.#parcels.get(old) ?? new WeakMap<Manifest, Promise<Parcel | null>>();
    this.#parcels.set(old, ofOld);
    const known = ofOld.get(wanted) ?? pack(this.#releases.path(this.#key, id), old, wanted);
    ofOld.set(wanted, known);
    return known;
  }

  async #read(id: string): Promise<Manifest | null> {
    try {
      return await this.#releases.manifest(this.#key, id);
    } catch (error) {
      if (error instanceof CedarError && LOST.has(error.code)) return null;
      throw error;
    }
  }

  async #verify(release: Release): Promise<boolean> {
    if (!(await this.#releases.holds(this.#key, release.id))) return false;
    if ((await this.manifest(release.id))?.hash !== release.manifestHash) return false;
    try {
      return await this.#releases.isWhole(this.#key, release.id);
    } catch (error) {
      if (error instanceof CedarError && LOST.has(error.code)) return false;
      throw error;
    }
  }
}
