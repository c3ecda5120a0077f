import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { firstFree, isFree } from './fleet/free-port.ts';

export const usernames = ['admin', 'li', 'wang'] as const;
export const hostAddresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
export const gitAddress = '127.0.0.5';

const schema = z.strictObject({
  sshPort: z.number(),
  passwords: z.record(z.enum(usernames), z.string()),
});

/** What a demo must remember from one start to the next, because its hosts and people are registered with it. */
export type Notebook = z.output<typeof schema>;

/**
 * The notebook of the folder, made at the first start.
 * @throws Error where a port of an earlier start is in use now.
 */
export async function openNotebook(dir: string): Promise<Notebook> {
  const file = join(dir, 'demo.json');
  if (!existsSync(file)) return begin(file);
  const notebook = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  for (const address of [...hostAddresses, gitAddress])
    if (!(await isFree(address, notebook.sshPort)))
      throw new Error(
        `${address}:${notebook.sshPort} is in use. Is another demo running? End it, or begin anew: npm run demo -- --reset`,
      );
  return notebook;
}

async function begin(file: string): Promise<Notebook> {
  const sshPort = await firstFree([...hostAddresses, gitAddress], 2222);
  const [admin, li, wang] = [newPassword(), newPassword(), newPassword()];
  const notebook: Notebook = { sshPort, passwords: { admin, li, wang } };
  writeFileSync(file, `${JSON.stringify(notebook, null, 2)}\n`, { mode: 0o600 });
  return notebook;
}

/** Sixteen letters and digits that are hard to mix up. */
function newPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const part = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return [part(), part(), part(), part()].join('-');
}
