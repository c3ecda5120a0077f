import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a program does with a secret that is in its hands when it meets a mistake nobody thought of. */
const program = `
const secret = process.env.CEDAR_CANARY;
const mistake = () => Object.assign(new TypeError(\`cannot read \${secret}\`, { cause: new Error(secret) }), {
  sql: \`insert \${secret}\`, args: [secret], config: { headers: { Authorization: \`Bearer \${secret}\` } }, code: 'ODD',
});
process.on('SIGUSR2', () => { throw mistake(); });
process.on('SIGHUP', () => { Promise.reject(mistake()); });
process.on('SIGWINCH', () => { throw secret; });
`;

/** The environment of a program that crashes, with this secret in its error, where it gets one of these signals. */
export function crashing(secret: string): Record<string, string> {
  const file = join(mkdtempSync(join(tmpdir(), 'cedar-crash-')), 'mistake.mjs');
  writeFileSync(file, program);
  return { NODE_OPTIONS: `--import ${pathToFileURL(file)}`, CEDAR_CANARY: secret };
}

export const mistakes = ['SIGUSR2', 'SIGHUP', 'SIGWINCH'] as const;
