/**
 * A project with commands of its own: `run.cjs` writes each of its starts into the ledger, and answers `/` with its
 * version, the file that its start was given, and how long its secret is.
 * @param mode `crash`: it ends at once with code 7; `sick`: it answers everything with 500
 */
export function customFiles(
  version: string,
  mode: 'well' | 'crash' | 'sick' = 'well',
): Record<string, string> {
  return { 'run.cjs': source.replace('VERSION', version).replaceAll('MODE', mode), 'ask.cjs': ask };
}

/** Leaves a daemon behind. */
export const daemonStart = `nohup node run.cjs >>"$CEDAR_LOGS/own-$CEDAR_PROCESS.log" 2>&1 &
echo $! >"$CEDAR_FILES/pid"`;

export const pidStop = 'kill "$(cat "$CEDAR_FILES/pid")"';

/** Asks the process by http, as curl would. */
export const httpCheck = 'node ask.cjs "http://$CEDAR_ADDRESS:$CEDAR_PORT/"';

const source = `
const http = require('http'), fs = require('fs'), env = process.env;
const dir = fs.realpathSync('.');
fs.appendFileSync(env.LEDGER, JSON.stringify({ port: env.CEDAR_PORT, pid: process.pid, at: Date.now(), dir }) + '\\n');
if ('MODE' === 'crash') { console.error('I cannot start: no licence'); process.exit(7); }
const file = env.CEDAR_FILES + '/etc/app.conf';
const told = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '';
const server = http.createServer((request, response) => {
  response.statusCode = 'MODE' === 'sick' ? 500 : 200;
  response.end(['VERSION', told, (env.TOKEN || '').length].join(' '));
});
if (env.CEDAR_PORT) server.listen(env.CEDAR_PORT, env.CEDAR_ADDRESS);
else setInterval(() => fs.writeFileSync(env.LEDGER + '.alive', String(process.pid)), 100);
`;

const ask = `
require('http').get(process.argv[2], (response) => {
  if (response.statusCode !== 200) console.log('status', response.statusCode);
  process.exit(response.statusCode === 200 ? 0 : 1);
}).on('error', (error) => { console.log(error.code); process.exit(2); });
`;
