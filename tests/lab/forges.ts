import { createHmac, randomUUID } from 'node:crypto';

/** A request as a forge sends it: its headers and the very bytes of its body. */
export type ForgeCall = { headers: Record<string, string>; body: string };

export type ForgeName = 'github' | 'gitlab' | 'gitlab-signed' | 'gitee' | 'gitee-signed';
export const forgeNames: ForgeName[] = ['github', 'gitlab', 'gitlab-signed', 'gitee', 'gitee-signed'];

type What = {
  branch?: string;
  ref?: string;
  commit: string;
  deleted?: boolean;
  event?: 'push' | 'tag' | 'ping';
};

/** Calls as the forges' documentation shows them, each signed in its own way. */
export function forgeCall(forge: ForgeName, secret: string, what: What, at = Date.now()): ForgeCall {
  const { event = 'push', commit, branch = 'main', deleted = false } = what;
  const ref = what.ref ?? (event === 'tag' ? 'refs/tags/v1' : `refs/heads/${branch}`);
  const push = {
    ref,
    before: '0'.repeat(40),
    after: deleted ? '0'.repeat(40) : commit,
    deleted,
    commits: [],
  };
  const json = { 'Content-Type': 'application/json' };
  if (forge === 'github') {
    const sent = event === 'ping' ? { zen: 'Design for failure.', hook_id: 1 } : push;
    const body = JSON.stringify({ ...sent, repository: { pushed_at: at }, pusher: { name: 'ada' } });
    const mac = createHmac('sha256', secret).update(body).digest('hex');
    const own = { 'X-GitHub-Event': event === 'ping' ? 'ping' : 'push', 'X-GitHub-Delivery': randomUUID() };
    return { body, headers: { ...json, ...own, 'X-Hub-Signature-256': `sha256=${mac}` } };
  }
  if (forge === 'gitlab' || forge === 'gitlab-signed') return gitlabCall(forge, secret, event, push, at);
  const kind = event === 'tag' ? 'Tag Push Hook' : 'Push Hook';
  const timestamp = String(at);
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  const token = forge === 'gitee' ? secret : sign;
  const body = JSON.stringify({ hook_name: 'push_hooks', timestamp, ...push, pusher: { username: 'ada' } });
  const own = { 'X-Gitee-Event': kind, 'X-Gitee-Token': token, 'X-Gitee-Timestamp': timestamp };
  return { body, headers: { ...json, ...own, ...(event === 'ping' && { 'X-Gitee-Ping': 'true' }) } };
}

function gitlabCall(
  forge: ForgeName,
  secret: string,
  event: string,
  push: Record<string, unknown>,
  at: number,
): ForgeCall {
  const kind = event === 'tag' ? 'Tag Push Hook' : event === 'ping' ? 'System Hook' : 'Push Hook';
  const body = JSON.stringify({ object_kind: 'push', ...push, user_username: 'ada' });
  const id = randomUUID();
  const headers = { 'Content-Type': 'application/json', 'X-Gitlab-Event': kind, 'Idempotency-Key': id };
  if (forge === 'gitlab') return { body, headers: { ...headers, 'X-Gitlab-Token': secret } };
  const timestamp = String(Math.floor(at / 1000));
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret;
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
  return { body, headers: { ...headers, ...signed } };
}
