import { ulid } from 'ulid';
import { hostFields, projectFields } from '../web/setup-forms.ts';
import type { Deed } from './deeds.ts';
import { formsIn, pagesOf } from './forms-of-pages.ts';
import type { Furnished } from './furnished.ts';
import { fingerprint } from './looked-up.ts';

type Form = Record<string, string | string[]>;

/** What somebody would type into the forms that are empty at first. */
const typed: Record<string, (f: Furnished) => Form> = {
  '/profile/tokens': () => ({ name: ulid(), scopes: 'read', days: '7' }),
  '/groups': () => ({ name: ulid() }),
  '/notices/channels': () => ({ name: ulid() }),
  '/directory/groups': () => ({ name: ulid(), gives: 'admin' }),
  '/directory/try': () => ({ username: 'alice' }),
  '/people': () => ({ username: `p${ulid().toLowerCase()}`, displayName: 'Ann', ...passwords }),
  '/setup/:token': () => ({ username: 'root', displayName: 'Root', ...passwords }),
  '/environments/:environment/ranges': () => ({ ranges: '10.0.0.0/8' }),
  '/environments/:environment/variables': () => ({ variables: 'A=1' }),
  '/projects/:project/variables': () => ({ variables: 'A=1' }),
  '/projects/:project/hosts/:placement/variables': () => ({ variables: 'A=1' }),
  '/windows': ({ t }) => ({
    scope: `group:${t.groupId}`,
    zone: 'UTC',
    hours: 'mon-fri 09:00-17:00',
    extra: '',
  }),
  '/freezes': () => ({
    scope: 'everything:',
    from: '2036-01-01 10:00',
    to: '2036-01-02 10:00',
    reason: 'why',
  }),
  '/mutes': () => ({ scope: 'everything:', reason: 'why', from: '', until: '2036-01-02 10:00', hours: '' }),
  '/notices/routes': ({ names }) => ({
    kind: 'alarm',
    groupId: '',
    environment: '',
    channelId: names.channel ?? '',
  }),
  '/locks': () => ({ scope: 'everything:', reason: 'why', until: '2036-01-02 10:00', warning: 'on' }),
  '/projects/:project/locks': () => ({ reason: 'why', until: '2036-01-02 10:00', warning: 'on' }),
  '/hosts': () => ({ ...hostFields({ address: '192.0.2.77', name: 'web77', notes: '' }) }),
  '/hosts/:host/key': () => ({ environment: 'test' }),
  '/hosts/:host/test': () => ({ environment: 'test' }),
  '/hosts/:host/key/:question': () => ({ fingerprint, reason: 'why', environment: 'test' }),
  '/git-servers': () => ({ gitUrl: 'git@git.example.com:shop.git' }),
  '/git-servers/forget': () => ({ server: 'git.example.com:22' }),
  '/git-servers/:question': () => ({ fingerprint, reason: 'why' }),
  '/projects': ({ t }) => projectFields({ groupId: t.groupId, name: 'fresh', port: '7700' }),
  '/projects/:project/files': () => ({ path: `f/${ulid()}`, source: 'text', text: 'a', url: '', seen: '' }),
  '/projects/:project/schedules': (f) => ({ ...order(f), at: inAMonth(), grace: '5' }),
  '/projects/:project/operations': (f) => order(f),
  '/projects/:project/push': ({ shop }) => ({ hosts: shop.hostIds, reason: 'why' }),
  '/operations/:operation/unlock': () => ({ reason: 'why' }),
  '/tickets': ({ shop }) => ({
    project1: shop.test.key,
    ref1: 'main',
    hosts1: shop.hostIds,
    reason: 'why',
    at: '',
  }),
  '/tickets/:ticket/refuse': () => ({ reason: 'no' }),
  '/projects/:project/template/preview': () => ({ revision: '1', template: '[program:x]' }),
  '/sign-in': () => ({ username: 'nobody', password: 'x' }),
};

/** What else a form says for a field to count. */
const along: Record<string, Form> = {
  'url /projects/:project/files': { source: 'url', text: '' },
  'weakSshReason /hosts': { weakSsh: 'on', address: '192.0.2.78', name: 'web78' },
  'weakSshReason /hosts/:host': { weakSsh: 'on' },
  'option_keyword /notices/channels': { option_format: 'text' },
};

const inAMonth = () => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 16).replace('T', ' ');
const passwords = { password: 'correct horse battery', again: 'correct horse battery' };
const order = ({ shop }: Furnished): Form => ({
  ...{ kind: 'restart', hosts: shop.hostIds, idempotencyKey: ulid(), reason: 'why' },
});

/** Forms that pass as they are: what the pages send untouched, and what somebody has to type. */
export class GoodForms {
  readonly #f: Furnished;
  readonly #shown: Map<string, Form>;

  private constructor(f: Furnished, shown: Map<string, Form>) {
    this.#f = f;
    this.#shown = shown;
  }

  static async read(f: Furnished): Promise<GoodForms> {
    const shown = new Map<string, Form>();
    for (const path of pagesOf(f)) {
      const { text, status } = await f.t.admin.get(path);
      if (status !== 200) continue;
      for (const [action, form] of formsIn(text, path)) shown.set(action, { ...form, ...shown.get(action) });
    }
    return new GoodForms(f, shown);
  }

  /** For the thing as it is now. @param field the one that is tried */
  async of({ path, body, ready, page }: Deed, field = ''): Promise<Form> {
    await ready?.(this.#f);
    const place = this.#f.pathOf(path);
    const own = field !== '' && page ? page : ready && path;
    const shown = own ? await this.#shownAt(this.#f.pathOf(own), place) : this.#shown.get(place);
    return { ...shown, ...typed[path]?.(this.#f), ...along[`${field} ${path}`], ...body };
  }

  async #shownAt(page: string, place: string): Promise<Form | undefined> {
    const { text } = await this.#f.t.admin.get(page);
    return formsIn(text, place).find(([action]) => action === place)?.[1];
  }

  get addresses(): string[] {
    return [...this.#shown.keys()];
  }
}
