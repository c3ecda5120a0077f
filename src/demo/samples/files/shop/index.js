import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { problem } from './health.js';

const port = Number(process.argv.find((word) => word.startsWith('--port='))?.slice('--port='.length));
const address = process.env.HOST ?? '127.0.0.1';
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const catalogue = JSON.parse(readFileSync('catalogue.json', 'utf8'));

const pages = {
  '/': () => [200, 'text/html; charset=utf-8', shopPage()],
  '/version': () => [200, 'application/json', JSON.stringify({ version, pid: process.pid, address, port })],
  '/healthcheck': () => {
    const found = problem(catalogue);
    return found ? [500, 'text/plain', `${found}\n`] : [200, 'text/plain', 'ok\n'];
  },
};

const server = createServer((request, response) => {
  const page = pages[request.url.split('?')[0]] ?? (() => [404, 'text/plain', 'not here\n']);
  const [code, type, body] = page();
  console.log(new Date().toISOString(), request.method, request.url, code);
  response.writeHead(code, { 'content-type': type }).end(body);
});

server.listen(port, address, () => console.log(`shop ${version} listens on ${address}:${port}`));

process.on('SIGTERM', () => {
  console.log('asked to stop');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

function shopPage() {
  const rows = catalogue.map(({ name, price }) => `<li>${name}: ${price.toFixed(2)}</li>`).join('');
  return `<!doctype html><html lang="en"><title>shop</title><h1>shop ${version}</h1><ul>${rows}</ul>
<p>process ${process.pid} on ${address}:${port}</p></html>`;
}
