import * as questions from '../../src/store/questions.ts';
import type { Town } from '../web/people.ts';
import { changes, commit, compared } from '../web/planned.ts';
import type { Shop } from '../web/shop.ts';

export const fingerprint = `SHA256:${'k'.repeat(43)}`;

/** What workers looked up for the pages of questions, by the part of the address before `:question`. */
export async function lookedUp(
  t: Town,
  shop: Shop,
  placementId: string,
  say: (longest: number) => string,
): Promise<Record<string, string>> {
  const answered = async (kind: questions.QuestionKind, args: Record<string, unknown>, answer: unknown) => {
    const id = await questions.ask(t.db, { kind, args, askedBy: null, deadlineMs: 3_600_000 });
    await questions.answer(t.db, id, answer);
    return id;
  };
  const { id: projectId, gitUrl } = shop.test;
  const hostId = shop.hostIds[0]!;
  const named = { name: say(100), commit, at: 1 };
  const described = changes([{ status: 'M', path: say(200) }]);
  Object.assign(described.target, { subject: say(200), author: say(60) });
  const found = compared(hostId, {
    ...{ host: say(60), configurationDiff: `-${say(200)}\n+${say(200)}`, edited: [say(100)] },
    files: {
      ...{ added: [say(100)], changed: [say(100)], removed: [say(100)] },
      counts: { added: 1, changed: 1, removed: 1, same: 1 },
    },
  });
  const check = { name: say(60), ok: false, detail: `${say(200)} ${say(20)}`, remedy: say(60) };
  const address = '192.0.2.1';
  const shown = { key: 'K', fingerprint, algorithm: say(40) };
  const pushed = { projectId, hostIds: [hostId], kind: 'push-configuration' };
  return {
    key: await answered('host-key', { address, port: 22 }, shown),
    test: await answered('host-test', { address }, { hostname: say(60), checks: [check] }),
    'git-servers': await answered(
      'git-key',
      { gitUrl: `git@git.example.com:${say(60)}` },
      { server: 'other.example.com:22', ...shown },
    ),
    adoption: await answered(
      'adoption',
      { placementId },
      { present: true, untracked: [{ path: say(100), kind: 'file' }], programs: [say(60)] },
    ),
    refs: await answered('refs', { gitUrl }, { branches: [named], tags: [named] }),
    changes: await answered('commits', { gitUrl, from: null, to: 'main' }, described),
    diff: await answered('diff', { gitUrl, to: commit, path: 'a' }, { text: say(500), more: 1 }),
    processes: await answered(
      'log-tail',
      { placementId, process: 0 },
      { logs: [{ stream: 'stderr', text: say(500) }] },
    ),
    push: await answered('comparison', { ...pushed, gitUrl }, { hosts: [found] }),
    plan: await answered('comparison', { projectId, hostIds: [hostId], gitUrl }, { hosts: [found] }),
  };
}
