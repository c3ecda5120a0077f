import { watch } from 'node:fs';
import type { DatabaseSettings } from './database.ts';

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
    const watcher = watch(dataDir, (_, name) => name === 'cedar.db-wal' && told());
    watcher.on('error', failed);
    return () => watcher.close();
  } catch (error) {
    failed(error as Error);
    return () => undefined;
  }
}
