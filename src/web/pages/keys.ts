import * as sshKeys from '../../store/ssh-keys.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';

export const routes = [get('/keys', 'admin', list)];

async function list(page: Page): Promise<void> {
  await page.render('keys/list', { keys: await sshKeys.all(page.db) });
}
