// Stands where rsync and git expect ssh: `helper [options] host command…`. It joins the worker's socket; there
// the token decides where the command goes and whether it may run. The host named here is not looked at.
// Plain JavaScript without dependencies, so that it starts fast. bridge-frames.ts describes the frames.
import { connect } from 'node:net';

// rsync sends SIGUSR1 when a transfer fails; without this, node would open its inspector.
process.on('SIGUSR1', () => process.exit(255));

const optionWithValue = /^-[bcDEeFIiJLlmOopQRSWw]$/;
const header = 5;

function remoteCommand(words) {
  let at = 0;
  while (words[at]?.startsWith('-')) at += optionWithValue.test(words[at]) ? 2 : 1;
  return words.slice(at + 1).join(' ');
}

function fail(message) {
  process.stderr.write(`cedar: ${message}\n`, () => process.exit(255));
}

function finish(code) {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

function pass(output, body) {
  if (output.write(body)) return;
  socket.pause();
  output.once('drain', () => socket.resume());
}

const received = {
  1: (body) => pass(process.stdout, body),
  2: (body) => pass(process.stderr, body),
  3: (body) => finish(body.readInt32BE(0)),
  4: (body) => fail(body.toString()),
};

let rest = Buffer.alloc(0);
let done = false;

function read(chunk) {
  rest = Buffer.concat([rest, chunk]);
  while (!done && rest.length >= header && rest.length >= header + rest.readUInt32BE(1)) {
    const kind = rest[0];
    const end = header + rest.readUInt32BE(1);
    const body = rest.subarray(header, end);
    rest = rest.subarray(end);
    done = kind > 2;
    received[kind](body);
  }
}

const socket = connect({ path: process.env.CEDAR_BRIDGE_SOCKET ?? '', allowHalfOpen: true });
const hello = { token: process.env.CEDAR_BRIDGE_TOKEN, command: remoteCommand(process.argv.slice(2)) };
socket.write(`${JSON.stringify(hello)}\n`);
socket.on('data', read);
socket.on('error', (error) => done || fail(error.message));
socket.on('end', () => done || fail('the worker closed the connection'));
process.stdin.pipe(socket);
process.stdout.on('error', () => process.exit(255));
