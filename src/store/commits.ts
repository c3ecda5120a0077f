import { watch } from 'node:fs';
import type { DatabaseSettings } from './database.ts';

/**
 * What is written can be seen when the disk has it, which takes a moment and is told by nothing: so long after the last
 * writing it is told of again.
 */
const AGAIN_MS = [100, 1000];

/**
 * Tells when somebody, perhaps ourselves, has written to the embedded database: its journal has grown. It is a hint
 * alone, which a file system or the limit of watches may withhold; who goes by it asks by the clock as well. A database
 * of its own machine tells nothing.
 * @param failed why it is not told, or no longer
 * @returns what ends it
 */
export function onCommit(
  { databaseUrl, dataDir }: DatabaseSettings,
  told: () => void,
  failed: (why: Error) => void,
): () => void {
  if (databaseUrl) return () => undefined;
  try {
    const again: NodeJS.Timeout[] = [];
    const end = () => again.splice(0).forEach(clearTimeout);
    const hear = () => {
      end();
      again.push(...AGAIN_MS.map((ms) => setTimeout(told, ms).unref()));
      told();
    };
    const watcher = watch(dataDir, (_, name) => name === 'cedar.db-wal' && hear());
    watcher.on('error', failed);
    return () => {
      watcher.close();
      end();
    };
  } catch (error) {
    failed(error as Error);
    return () => undefined;
  }
}
