import { difference } from '../builds/difference.ts';
import type { Manifest } from '../builds/manifest-text.ts';
import { messageOf } from '../errors.ts';
import { GuardRefused } from '../shells/guard/guard-error.ts';
import { ship } from '../shells/rsync.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { StepFailed } from './failure.ts';
import { guarded } from './guarded.ts';
import { checkFiles, sharedArguments, sharedOn } from './host-manifest.ts';
import { isFresh } from './parcel.ts';
import type { HostStepContext } from './step.ts';
import { isSuperseded } from './superseded.ts';

/** The folder on the host that a new one is hard-linked against. */
export type Base = { folder: string; manifest: Manifest };

/**
 * Puts a release into a folder of its own in one go: what differs from the base is sent in one parcel.
 * @returns how many files and bytes went out; 'changed' where the base is not what was shipped; null where the base was
 * never verified there, or where it does not go in a parcel
 */
export async function putParcel(
  context: HostStepContext,
  manifest: Manifest,
  folder: string,
  base: Base,
): Promise<{ sent: number; bytes: number } | 'changed' | null> {
  const { tools, snapshot, host, lease, log, facts, shelf } = context;
  const parcel = await shelf.parcel(facts.releaseId!, base.manifest, manifest);
  const tree = tools.releases.path(snapshot.project.key, facts.releaseId!);
  if (!parcel || !isFresh(tree, parcel)) return null;
  const { digest } = checkFiles(manifest);
  const known = checkFiles(base.manifest).digest;
  const temporary = `${folder}.${lease.fence}.tmp`;
  const action = {
    name: 'stage' as const,
    part: String(lease.fence),
    args: [
      ...[host.settings.hostPath, snapshot.project.key, temporary, folder, base.folder, known],
      ...[digest, parcel.paths, parcel.sums, parcel.comes, parcel.leaves],
      ...sharedArguments(sharedOn(host, snapshot.project)),
    ],
    input: parcel.input,
    timeoutSeconds: tools.config.stageSeconds,
  };
  log.line(
    `${parcel.sent} of ${manifest.entries.length} files are sent, the others linked from ${base.folder}`,
  );
  try {
    const { rc } = await guarded(context, action, [0, 5, 9]);
    if (rc === 0) return { sent: parcel.sent, bytes: parcel.input.length };
    await discard(context, temporary, 'parcel');
    return rc === 5 ? 'changed' : null;
  } catch (error) {
    if (!isSuperseded(error)) await discard(context, temporary, 'parcel');
    if (!(error instanceof GuardRefused) && !(error instanceof StepFailed)) throw error;
    // No room, perhaps: rsync tells better what is wrong.
    log.line(`the parcel was not taken: ${messageOf(error)}`);
    return null;
  }
}

/**
 * Puts a release into a folder of its own on the host: links what is the same, sends the rest, verifies all of it.
 * What was sent in vain is removed again, so that a full disk does not stay full.
 * @returns how many files and bytes went out
 * @throws StepFailed `action_seal` where the folder is not what it should be, ShipError
 */
export async function putRelease(
  context: HostStepContext,
  manifest: Manifest,
  folder: string,
  base: Base | null,
): Promise<{ sent: number; bytes: number }> {
  const temporary = `${folder}.${context.lease.fence}.tmp`;
  try {
    return await put(context, manifest, { folder, temporary, base });
  } catch (error) {
    if (!isSuperseded(error)) await discard(context, temporary, base ? 'linked' : 'whole');
    throw error;
  }
}

type Place = { folder: string; temporary: string; base: Base | null };

async function put(
  context: HostStepContext,
  manifest: Manifest,
  { folder, temporary, base }: Place,
): Promise<{ sent: number; bytes: number }> {
  const { tools, snapshot, host, lease, log, facts, signal } = context;
  const { key } = snapshot.project;
  const { send, remove } = difference(base?.manifest ?? null, manifest);
  const known = new Set(base?.manifest.entries.map(({ path }) => path));
  const giveWay = [...send.filter((path) => known.has(path)), ...remove];
  const part = base ? 'linked' : 'whole';
  await guarded(context, {
    name: 'unpack',
    part: `${part}.${lease.fence}`,
    args: [host.settings.hostPath, key, temporary, base?.folder ?? ''],
    input: giveWay.map((path) => `${path}\0`).join(''),
    timeoutSeconds: tools.config.stageSeconds,
  });
  log.line(
    `${send.length} of ${manifest.entries.length} files are sent${base ? `, the others linked from ${base.folder}` : ''}`,
  );
  const { bytesSent } = await ship({
    bridge: tools.bridge,
    target: targetOf(host),
    from: tools.releases.path(key, facts.releaseId!),
    to: `${host.settings.hostPath}/.cedar/${key}/releases/${temporary}`,
    files: send,
    deadlineMs: tools.config.stageSeconds * 1000,
    signal,
  });
  log.line(`${bytesSent} bytes went out`);
  const { sums, listing } = checkFiles(manifest);
  await guarded(context, {
    name: 'seal',
    part: `${part}.${lease.fence}`,
    args: [
      ...[host.settings.hostPath, key, temporary, folder, String(sums.length), String(listing.length)],
      ...sharedArguments(sharedOn(host, snapshot.project)),
    ],
    input: Buffer.concat([sums, listing]),
    timeoutSeconds: tools.config.stageSeconds,
  });
  return { sent: send.length, bytes: bytesSent };
}

async function discard(context: HostStepContext, temporary: string, way: string): Promise<void> {
  const { host, snapshot, lease, log } = context;
  try {
    await guarded(context, {
      name: 'discard',
      part: `${way}.${lease.fence}`,
      args: [host.settings.hostPath, snapshot.project.key, temporary],
    });
  } catch (error) {
    if (isSuperseded(error)) throw error;
    log.line(`${temporary} is left on ${host.name}: ${messageOf(error)}`);
  }
}
