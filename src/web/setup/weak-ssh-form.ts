import type { WeakSsh } from '../../model/weak-ssh.ts';
import { checkbox, lineOrNone } from '../form.ts';
import type { Judge } from '../judge.ts';

/** The exception for a machine whose sshd is old, as fields of a form; unticked: none. */
export const weakSshShape = { weakSsh: checkbox, weakSshReason: lineOrNone(500).optional() };

export function weakSshValues(weakSsh: WeakSsh | null) {
  return { weakSsh: weakSsh !== null, weakSshReason: weakSsh?.reason ?? '' };
}

type WeakSshForm = { weakSsh: boolean; weakSshReason?: string | null };

/** What was decided: with a reason or not at all. While the reason stays, so does who gave it, and when. */
export function weakSshOf(
  page: Judge,
  form: WeakSshForm,
  before: WeakSsh | null,
  by: string,
): WeakSsh | null {
  if (!form.weakSsh) return null;
  const reason = form.weakSshReason ?? page.refuse({ field: 'weakSshReason', code: 'required' });
  return before?.reason === reason ? before : { reason, by, at: Date.now() };
}
