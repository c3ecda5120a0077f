import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes server.pem and server.key for 127.0.0.1 in `dir`. @returns the files of its authority and of a stranger */
export async function certificates(dir: string): Promise<{ ca: string; otherCa: string }> {
  const [ca, otherCa] = [join(dir, 'ca.pem'), join(dir, 'other.pem')];
  await authority(dir, 'ca');
  await authority(dir, 'other');
  const request = join(dir, 'server.csr');
  const names = join(dir, 'names');
  writeFileSync(names, 'subjectAltName=IP:127.0.0.1\n');
  await run('openssl', [
    'req',
    ...key,
    '-keyout',
    join(dir, 'server.key'),
    '-out',
    request,
    '-subj',
    '/CN=slapd',
  ]);
  const signer = ['-CA', ca, '-CAkey', join(dir, 'ca.key'), '-CAcreateserial'];
  const signed = ['-in', request, '-out', join(dir, 'server.pem'), '-days', '2', '-extfile', names];
  await run('openssl', ['x509', '-req', ...signer, ...signed]);
  return { ca, otherCa };
}

async function authority(dir: string, name: string): Promise<void> {
  const files = ['-keyout', join(dir, `${name}.key`), '-out', join(dir, `${name}.pem`)];
  await run('openssl', ['req', '-x509', ...key, ...files, '-days', '2', '-subj', `/CN=${name} of tests`]);
}
