import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from '../../src/demo/fleet/program-path.ts';
import { isMysql } from '../../src/store/database.ts';
import { wordsIn } from '../lab/canaries.ts';
import { eachDatabase, mariadbOfFile } from '../lab/database.ts';
import { type Town, town } from '../web/people.ts';
import { typeAll, typed } from './kept-secrets.ts';

const fixed = {
  sessionSecret: 'a secret for tests alone, of length',
  masterKey: Buffer.alloc(32, 7).toString('latin1'),
};

eachDatabase((kind) => {
  describe(`a dump of ${kind}`, () => {
    const dir = mkdtempSync(join(tmpdir(), 'cedar-dump-'));
    let t: Town;
    let address = '';
    let made: Record<string, string>;
    beforeAll(async () => {
      if (kind === 'mariadb') address = await (await mariadbOfFile()).createDatabase();
      t = await town({
        ...{ CEDAR_DATA_DIR: dir, DATABASE_URL: address, CEDAR_LDAP_BIND_PASSWORD: typed.ldapPassword },
        ...{
          CEDAR_LDAP_URL: 'ldap://127.0.0.1:1',
          CEDAR_LDAP_ALLOW_PLAIN: 'true',
          CEDAR_LDAP_BASE: 'dc=x',
          CEDAR_LDAP_BIND_DN: 'cn=c,dc=x',
        },
      });
      ({ made } = await typeAll(t, dir));
    });
    afterAll(async () => {
      await t?.end();
      rmSync(dir, { recursive: true, force: true });
    });

    /** As who copies the files, or dumps the tables, has it. */
    async function dump(): Promise<string> {
      if (!isMysql(t.db)) {
        const files = readdirSync(dir).filter((name) => name.startsWith('cedar.db'));
        return files.map((name) => readFileSync(join(dir, name), 'latin1')).join('\n');
      }
      const { hostname, port, username, password, pathname } = new URL(address);
      const argv = [
        '--no-defaults',
        '-h',
        hostname,
        '-P',
        port,
        '-u',
        username,
        '--skip-ssl',
        pathname.slice(1),
      ];
      const options = { env: { MYSQL_PWD: password }, maxBuffer: 256 * 1024 * 1024 };
      return (await promisify(execFile)(findProgram('mariadb-dump'), argv, options)).stdout;
    }

    test('[S67] holds none of all that is kept, whole, in base64 or in hex; the files beside it neither', async () => {
      const words = { ...typed, ...made, ...fixed };
      for (const [name, word] of Object.entries(words)) expect(word.length, name).toBeGreaterThanOrEqual(20);
      const text = await dump();
      expect(text).toContain('test_shop');
      expect(text).toContain(`v1.${t.vault.keyId}.`);
      expect(wordsIn(text, words)).toEqual([]);
      const keys = readdirSync(join(dir, 'keys')).map((name) =>
        readFileSync(join(dir, 'keys', name), 'latin1'),
      );
      expect(wordsIn(keys.join('\n'), words)).toEqual([]);
    });

    test('[S67] everything sealed names its key, stands in a known column, and is noticed when one bit is another', async () => {
      const sealed = new Map<string, string>();
      const rows = await tables();
      for (const [table, row] of rows)
        for (const [column, value] of Object.entries(row))
          for (const [text] of String(value).matchAll(/v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]{22,}/g))
            sealed.set(`${table}.${column}`, text);
      expect([...sealed.keys()].sort()).toEqual([
        ...[
          'channels.options',
          'environments.env',
          'environments.settings',
          'file_texts.sealed',
          'hosts.settings',
        ],
        ...[
          'inbound_hooks.secret',
          'operations.snapshot',
          'placements.env',
          'projects.env',
          'projects.settings',
        ],
      ]);
      for (const [column, text] of sealed) {
        const [version, keyId, nonce, body] = text.split('.') as [string, string, string, string];
        expect([version, keyId], column).toEqual(['v1', t.vault.keyId]);
        for (const bytes of [Buffer.from(nonce, 'base64url'), Buffer.from(body, 'base64url')]) {
          const before = bytes.toString('base64url');
          bytes[bytes.length >> 1]! ^= 1;
          const flipped = text.replace(before, bytes.toString('base64url'));
          expect(() => t.vault.open(flipped), column).toThrow('vault_open');
        }
      }
    });

    async function tables(): Promise<[string, Record<string, unknown>][]> {
      const names = isMysql(t.db)
        ? await t.db('information_schema.tables').whereRaw('table_schema = database()').pluck('table_name')
        : await t.db('sqlite_master').where({ type: 'table' }).pluck('name');
      const all = await Promise.all(names.map(async (name: string) => [name, await t.db(name)] as const));
      return all.flatMap(([name, rows]) => rows.map((row): [string, Record<string, unknown>] => [name, row]));
    }
  });
});
