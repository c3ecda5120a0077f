/** In front of the remote path; the bridge's grant decides where it really goes. */
const ANY_HOST = 'cedar';

export type Shipment = {
  /** The helper that stands in the place of ssh. */
  program: string;
  /** Absolute folders, here and there. */
  from: string;
  to: string;
};

/**
 * Sends the files that standard input names (see `fileList`), relative to `from`. Contents, modes, times and
 * links are kept, owners are not; every file appears by a rename, so nothing is written through a hard link.
 * A folder that stands where a file has to go gives way. No path is read by a remote shell (`--protect-args`).
 */
export function shipFiles({ program, from, to }: Shipment): string[] {
  const how = ['--links', '--perms', '--times', '--omit-dir-times', '--whole-file', '--force'];
  const what = ['--from0', '--files-from=-', '--protect-args'];
  const said = ['--stats', '--no-human-readable', `--rsh=${program}`];
  return ['rsync', ...how, ...what, ...said, '--', `${from}/`, `${ANY_HOST}:${to}/`];
}

/** The paths as `shipFiles` reads them. Without `./` those that begin with `#` or `;` would count as comments. */
export function fileList(paths: readonly string[]): string {
  return paths.map((path) => `./${path}\0`).join('');
}

/** True for the one command that a shipment runs on a host: the receiving rsync, all else told by its input. */
export function isReceiver(command: string): boolean {
  return /^rsync --server -[A-Za-z.,]*s[A-Za-z.,]*$/.test(command) && !command.includes('--sender');
}

/** How many bytes a shipment sent, as `--stats` tells it; 0 where it does not. */
export function sentBytes(stdout: string): number {
  return Number(/^Total bytes sent: (\d+)$/m.exec(stdout)?.[1] ?? 0);
}
