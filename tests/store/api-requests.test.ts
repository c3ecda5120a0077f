import { ulid } from 'ulid';
import { beforeAll, describe, expect, it } from 'vitest';
import { CedarError } from '../../src/errors.ts';
import * as apiRequests from '../../src/store/api-requests.ts';
import type { Db } from '../../src/store/database.ts';
import * as tokens from '../../src/store/tokens.ts';
import { isDuplicate } from '../../src/store/transaction.ts';
import * as users from '../../src/store/users.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';

eachDatabase((kind) =>
  describe(kind, () => {
    let db: Db;
    let launches = 0;
    const tokenId = ulid();
    const launch = async () => {
      launches += 1;
      return ulid();
    };

    beforeAll(async () => {
      db = (await freshDatabase(kind)).db;
    });

    it('a named request is launched once, however often and however much at once it comes', async () => {
      const named = { tokenId, key: 'k', body: { a: 1, b: { c: 2, d: 3 } } };
      const same = { tokenId, key: 'k', body: { b: { d: 3, c: 2 }, a: 1 } };
      const ids = await Promise.all(
        [named, same, named, same, named].map((one) => apiRequests.once(db, one, launch)),
      );
      expect(new Set(ids).size).toBe(1);
      expect(await apiRequests.once(db, same, launch)).toBe(ids[0]);
      const rows = await db('api_requests').where({ token_id: tokenId });
      expect(rows.map(({ operation_id }) => operation_id)).toEqual([ids[0]]);
      const other = apiRequests.once(db, { ...named, body: { a: 2 } }, launch);
      await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused', status: 409 });
      expect(await apiRequests.once(db, { ...named, tokenId: ulid() }, launch)).not.toBe(ids[0]);
    });

    it('what fails leaves its name free', async () => {
      const named = { tokenId, key: 'failing', body: {} };
      const failing = () => Promise.reject(new CedarError('locked', {}, 409));
      await expect(apiRequests.once(db, named, failing)).rejects.toMatchObject({ code: 'locked' });
      const before = launches;
      await apiRequests.once(db, named, launch);
      expect(launches).toBe(before + 1);
    });

    it('a token keeps what was decided; its name is its owner’s alone until it is revoked', async () => {
      const person = {
        id: ulid(),
        username: 'ada',
        displayName: 'Ada',
        passwordHash: 'x',
        role: 'user' as const,
      };
      await users.add(db, person);
      const wish = { userId: person.id, name: 'ci', scopes: ['read' as const], addresses: ['10.0.0.0/8'] };
      const fresh = () => ({
        ...wish,
        id: ulid(),
        prefix: `cdr_${ulid().slice(-12)}`,
        hash: 'h',
        expiresAt: 5,
      });
      const first = { ...fresh(), reach: { groups: ['g'], projects: [] } };
      await tokens.add(db, first);
      const { hash, ...kept } = first;
      expect(await tokens.byPrefix(db, first.prefix)).toMatchObject({ hash, token: kept });
      const again = await tokens.add(db, { ...fresh(), reach: null }).catch((error: unknown) => error);
      expect(isDuplicate(again)).toBe(true);
      expect(await tokens.revoke(db, first.id, 'root')).toBe(true);
      expect(await tokens.revoke(db, first.id, 'root')).toBe(false);
      await tokens.add(db, { ...fresh(), reach: null });
      expect((await tokens.all(db, person.id)).map(({ revokedBy }) => revokedBy)).toEqual([null, 'root']);
    });
  }),
);
