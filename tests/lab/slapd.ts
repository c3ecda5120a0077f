import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Daemon } from '../../src/demo/fleet/daemon.ts';
import { answers, freePort } from '../../src/demo/fleet/free-port.ts';
import { findProgram, plainPath } from '../../src/demo/fleet/program-path.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { certificates } from './certificates.ts';

const run = promisify(execFile);

export const base = 'dc=example,dc=com';
export const bindDn = `cn=console,${base}`;
export const bindPassword = 'the console itself';
const rootPassword = 'only for tests';

/** A real slapd with TLS on free loopback ports, which takes empty passwords for anonymous as AD does. */
export type Slapd = {
  dir: string;
  /** ldap:// and ldaps:// addresses, and the authority of its certificate; `otherCa` signed nothing here. */
  url: string;
  secureUrl: string;
  ca: string;
  otherCa: string;
  /** Adds or changes entries, as LDIF. */
  change(ldif: string): Promise<void>;
  /** What it logged: every bind and search. */
  log(): string;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Who may read what, as `access to …` lines of slapd.conf in place of all before; starts it anew. */
  access(...rules: string[]): Promise<void>;
  /** Ends the server; `start` brings it back with the same data. */
  halt(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** @param schema further lines of slapd.conf, such as `attributetype (…)`. */
export async function startSlapd(schema = ''): Promise<Slapd> {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-slapd-'));
  mkdirSync(join(dir, 'data'), { mode: 0o700 });
  const [port, securePort] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')];
  const { ca, otherCa } = await certificates(dir);
  const conf = join(dir, 'slapd.conf');
  writeFileSync(conf, configuration(dir, schema));
  writeFileSync(join(dir, 'first.ldif'), tree);
  await run(findProgram('slapadd'), ['-f', conf, '-l', join(dir, 'first.ldif')]);
  const [url, secureUrl] = [`ldap://127.0.0.1:${port}`, `ldaps://127.0.0.1:${securePort}`];
  const begin = async () => {
    const server = new Daemon({
      argv: [
        'sh',
        '-c',
        'ulimit -n 1024; exec "$@"',
        'sh',
        findProgram('slapd'),
        ...['-f', conf, '-h', `${url} ${secureUrl}`, '-d', 'stats'],
      ],
      env: { PATH: plainPath, HOME: dir },
      cwd: dir,
      logFile: join(dir, 'log'),
    });
    await until('slapd answers', () => {
      server.assertRunning(`slapd (see ${join(dir, 'log')})`);
      return answers('127.0.0.1', securePort);
    });
    return server;
  };
  let daemon = await begin();
  return {
    ...{ dir, url, secureUrl, ca, otherCa },
    async change(ldif) {
      const file = join(dir, 'change.ldif');
      writeFileSync(file, ldif);
      const who = ['-x', '-H', url, '-D', `cn=root,${base}`, '-w', rootPassword];
      await run(findProgram('ldapmodify'), ['-a', '-M', ...who, '-f', file]);
    },
    log: () => readFileSync(join(dir, 'log'), 'utf8'),
    signal: (name) => daemon.signal(name),
    async access(...rules) {
      await daemon.stop();
      writeFileSync(conf, configuration(dir, schema, rules));
      daemon = await begin();
    },
    halt: () => daemon.stop(),
    async start() {
      daemon = await begin();
    },
    async stop() {
      daemon.signal('SIGCONT');
      await daemon.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Somebody as LDIF. @param more further lines. */
export function personLdif(uid: string, name: string, password: string, more = '', place = 'people'): string {
  return `dn: uid=${uid},ou=${place},${base}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${name}
sn: ${name}
userPassword: ${password}
${more}
`;
}

const tree = `dn: ${base}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

${['people', 'others', 'groups'].map((ou) => `dn: ou=${ou},${base}\nobjectClass: organizationalUnit\nou: ${ou}\n`).join('\n')}
dn: ${bindDn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: console
userPassword: ${bindPassword}

${personLdif('alice', 'Alice Liddell', 'down the rabbit hole')}
`;

function configuration(dir: string, schema: string, rules: string[] = []): string {
  const schemas = ['core', 'cosine', 'inetorgperson'].map(
    (name) => `include /etc/ldap/schema/${name}.schema`,
  );
  return `${schemas.join('\n')}
${schema}
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile ${dir}/pid
allow bind_anon_cred bind_anon_dn
TLSCACertificateFile ${dir}/ca.pem
TLSCertificateFile ${dir}/server.pem
TLSCertificateKeyFile ${dir}/server.key
database mdb
suffix "${base}"
rootdn "cn=root,${base}"
rootpw "${rootPassword}"
directory ${dir}/data
maxsize 10485760
dbnosync
${rules.join('\n')}
overlay memberof
`;
}
