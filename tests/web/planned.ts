import { ulid } from 'ulid';
import type { HostComparison } from '../../src/model/comparison.ts';
import type { Db } from '../../src/store/database.ts';
import * as questions from '../../src/store/questions.ts';
import type { Town } from './people.ts';
import type { Shop } from './shop.ts';

export const commit = 'c'.repeat(40);

/** Answers, as a worker would, everything that was asked. */
export async function answerAll(
  db: Db,
  answers: Partial<Record<questions.QuestionKind, unknown>>,
): Promise<void> {
  for (const question of await questions.claim(db, ulid(), 20)) {
    if (answers[question.kind]) await questions.answer(db, question.id, answers[question.kind]);
    else await questions.fail(db, question.id, { code: 'unexpected', detail: { message: 'x' } });
  }
}

export function changes(files: { status: string; path: string }[] = []) {
  const target = { commit, subject: '<b>Bold</b>', author: 'Ada', committedAt: 1_700_000_000_000 };
  return { target, in: [{ ...target, at: target.committedAt }], out: [], files };
}

export function compared(hostId: string, over: Partial<HostComparison> = {}): HostComparison {
  return {
    ...{ hostId, host: 'web', problem: null, current: null, plain: false, configuration: 'changes' },
    ...{ configurationDiff: '-old\n+new', restarts: ['online_shop:online_shop_5000'], wayBack: null },
    ...{ edited: [], files: null, ...over },
  };
}

/** The address of a plan in which everything was looked up and every part has something to show. */
export async function planned(t: Town, shop: Shop): Promise<string> {
  const path = `/projects/${shop.online.key}`;
  const asked = await t.admin.post(`${path}/plan`, { ref: 'main', hosts: shop.hostIds }, path);
  const [one, two] = shop.hostIds as [string, string];
  const files = { added: ['new.js'], changed: ['cart.js'], removed: ['old.js'] };
  const counts = { added: 1, changed: 1, removed: 1, same: 40 };
  await answerAll(t.db, {
    commits: changes([{ status: 'M', path: 'cart.js' }]),
    comparison: {
      hosts: [
        compared(one, { files: { ...files, counts }, edited: ['~ cart.js'] }),
        compared(two, { problem: { code: 'ssh_refused', detail: { host: 'web2' } } }),
      ],
    },
  });
  return asked.headers.location!;
}
