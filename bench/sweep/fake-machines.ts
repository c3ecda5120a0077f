import { createServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2';
import { answerTo, linksOf } from './fake-answers.ts';

/*
 * Many machines in one process: one listening socket on all of 127.0.0.0/8, so that each address is a machine. It
 * speaks ssh as sshd does: signed public keys, commands, forwards to supervisor's socket, which answers XML-RPC over
 * HTTP that is kept alive. Environment: PORT, HOST_KEY, PUBLIC_KEY, PER_MACHINE, PROJECTS.
 */
const { PORT, HOST_KEY = '', PUBLIC_KEY = '', PER_MACHINE, PROJECTS } = process.env;
const allowed = ssh2.utils.parseKey(PUBLIC_KEY);
if (allowed instanceof Error) throw allowed;
const server = new ssh2.Server({ hostKeys: [HOST_KEY] }, serve);

function serve(client: Connection): void {
  const { localAddress = '' } = (client as unknown as { _sock: Socket })._sock;
  const projects = projectsOf(numberOf(localAddress));
  client.on('authentication', authenticate);
  client.on('error', () => client.end());
  client.on('session', (accept) => {
    accept().on('exec', (take, _refuse, { command }) => {
      const channel = take();
      channel.write(linksOf(command));
      channel.exit(0);
      channel.end();
    });
  });
  client.on('openssh.streamlocal', (accept) => {
    const channel = accept() as ServerChannel | undefined;
    if (channel) supervise(channel, projects);
  });
}

function authenticate(context: AuthContext): void {
  if (mayEnter(context)) context.accept();
  else context.reject(['publickey']);
}

/** Without a signature it only asks whether the key would do. */
function mayEnter(context: AuthContext): boolean {
  if (context.method !== 'publickey' || allowed instanceof Error) return false;
  if (!allowed.getPublicSSH().equals(context.key.data)) return false;
  const { blob, signature, hashAlgo } = context;
  return !signature || !blob || allowed.verify(blob, signature, hashAlgo) === true;
}

function supervise(channel: ServerChannel, projects: number[]): void {
  let asked = '';
  channel.on('error', () => channel.close());
  channel.on('data', (chunk: Buffer) => {
    asked += chunk.toString('latin1');
    for (;;) {
      const head = asked.indexOf('\r\n\r\n');
      const length = Number(/content-length: *(\d+)/i.exec(asked)?.[1] ?? 0);
      if (head < 0 || asked.length < head + 4 + length) return;
      const closes = /connection: *close/i.test(asked.slice(0, head));
      asked = asked.slice(head + 4 + length);
      channel.write(answerTo(projects));
      if (closes) channel.end();
    }
  });
}

function numberOf(address: string): number {
  const [, a = 0, b = 0, c = 0] = address.split('.').map(Number);
  return ((a - 64) * 256 + b) * 256 + c;
}

function projectsOf(machine: number): number[] {
  const each = Number(PER_MACHINE);
  return Array.from({ length: each }, (_, place) => (machine * each + place) % Number(PROJECTS));
}

const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
listener.listen({ host: '0.0.0.0', port: Number(PORT), backlog: 1024 }, () => process.send!('ready'));
process.on('message', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
