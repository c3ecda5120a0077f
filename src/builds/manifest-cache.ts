import { readFile, stat } from 'node:fs/promises';
import { type Manifest, parseManifest } from './manifest-text.ts';
import { markOf } from './marks.ts';

/** About 20 MB. */
const MOST_ENTRIES = 50_000;

/** Manifests that were read lately, as long as nobody wrote to their files: one operation after the other asks for them. */
export class ManifestCache {
  /** By file, the latest asked for last. */
  readonly #known = new Map<string, { mark: string; manifest: Manifest }>();

  /** @throws CedarError `manifest_text` where the file is none; ENOENT where it is not there */
  async read(file: string): Promise<Manifest> {
    const mark = markOf(await stat(file));
    const known = this.#known.get(file);
    this.#known.delete(file);
    const manifest = known?.mark === mark ? known.manifest : parseManifest(await readFile(file, 'utf8'));
    this.#known.set(file, { mark, manifest });
    this.#makeRoom();
    return manifest;
  }

  #makeRoom(): void {
    let entries = 0;
    for (const [file, { manifest }] of [...this.#known].reverse()) {
      entries += manifest.entries.length;
      if (entries > MOST_ENTRIES) this.#known.delete(file);
    }
  }
}
