import { ulid } from 'ulid';
import { Vault } from '../../src/auth/vault.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { translator } from '../../src/i18n/index.ts';
import type { Told } from '../../src/model/notice.ts';
import { Sender } from '../../src/notify/sender.ts';
import type { Dispatch, SenderTimes } from '../../src/notify/sending.ts';
import * as channels from '../../src/store/channels.ts';
import type { Db } from '../../src/store/database.ts';
import * as notices from '../../src/store/notices.ts';
import { add } from '../../src/store/outbox.ts';
import { writing } from '../../src/store/transaction.ts';
import type { FakeDingtalk } from '../lab/dingtalk.ts';
import type { WebhookReceiver } from '../lab/webhook-receiver.ts';

/** A sender with quick times, and the channels that it sends to. */
export class PostOffice {
  readonly db: Db;
  readonly vault = new Vault(Buffer.alloc(32, 7));
  readonly times: SenderTimes = {
    ...{ leaseMs: 2000, windowMs: 60_000, retryMs: 30, longestMs: 200 },
    ...{ giveUpMs: 3_600_000, offMs: 3_600_000 },
  };
  readonly senders: Sender[] = [];
  deadlineMs = 500;

  constructor(db: Db, times: Partial<SenderTimes> = {}) {
    this.db = db;
    Object.assign(this.times, times);
  }

  /** One more worker that sends. */
  open(): Sender {
    const sender = new Sender(this.dispatch(), { slots: 4, pollSeconds: 0.02 });
    sender.start();
    this.senders.push(sender);
    return sender;
  }

  dispatch(): Dispatch {
    const means = {
      ...{ t: translator('en'), baseUrl: 'https://cedar.example.com', robotHosts: ['127.0.0.1'] },
      ...{ allowLoopback: true, mailHosts: [], own: [], deadlineMs: this.deadlineMs },
    };
    return { db: this.db, vault: this.vault, worker: ulid(), means, times: this.times };
  }

  async close(): Promise<void> {
    await Promise.all(this.senders.map((sender) => sender.stop()));
  }

  async robot(fake: FakeDingtalk, options: Record<string, string> = {}): Promise<string> {
    const { token, secret = '' } = fake.rules;
    const sealed = { token: this.vault.seal(token), secret: secret && this.vault.seal(secret) };
    const all = { gateway: fake.gateway, format: 'markdown', ...sealed, ...options };
    const id = await channels.add(this.db, { kind: 'dingtalk', name: ulid(), groupId: null, options: all });
    await channels.choose(this.db, 'sre', id);
    return id;
  }

  async receiver(receiver: WebhookReceiver, groupId: string | null = null): Promise<string> {
    const options = { url: receiver.url, secret: this.vault.seal(receiver.secret) };
    return channels.add(this.db, { kind: 'webhook', name: ulid(), groupId, options });
  }

  /** Writes notices for the SRE robot: n0, n1, … */
  async tell(count: number, told: (index: number) => Told = plain): Promise<void> {
    await writing(this.db, async (trx) => {
      for (let index = 0; index < count; index++)
        await add(trx, { audience: 'sre', topic: 'test', dedupeKey: ulid(), told: told(index) });
    });
  }

  async quiet(deadlineMs = 15_000): Promise<void> {
    await until('nothing waits', async () => (await notices.counts(this.db)).waiting === 0, deadlineMs, 20);
  }
}

export function plain(index: number): Told {
  const title = { key: 'notice.line.project', detail: { value: `n${index}` } };
  return { title, lines: [{ key: 'notice.line.operator', detail: { value: 'Ada' } }], path: '/operations/1' };
}
