import { keyOf, processesOf } from './inventory.ts';

const BEGUN = Math.floor(Date.now() / 1000) - 86_400;

/** What `readlink` prints of each project that the command names: a release of ours. */
export function linksOf(command: string): string {
  const keys = [...command.matchAll(/\/app\/project\/([A-Za-z0-9_-]+)/g)].map(([, key]) => key);
  return keys.map((key) => `+.cedar/${key}/releases/test-20261123_10-20-30\n`).join('');
}

/** The answer of supervisor 4.2's HTTP server to getAllProcessInfo: all of them run. */
export function answerTo(projects: number[]): string {
  const body = Buffer.from(xml(projects));
  const head = `HTTP/1.1 200 OK\r\nDate: ${new Date().toUTCString()}\r\nContent-Length: ${body.length}\r\nContent-Type: text/xml\r\nServer: Medusa/1.12\r\n\r\n`;
  return head + body;
}

function xml(projects: number[]): string {
  const now = Math.floor(Date.now() / 1000);
  const values = projects.flatMap((project) =>
    processesOf(project).map((name, number) =>
      struct(keyOf(project), name, 1000 + project * 2 + number, now),
    ),
  );
  return `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n${values.join('')}</data></array></value>\n</param>\n</params>\n</methodResponse>\n`;
}

function struct(group: string, name: string, pid: number, now: number): string {
  const log = `/data/log/${group}/${name}`;
  const uptime = new Date((now - BEGUN) * 1000).toISOString().slice(11, 19);
  const members = [
    member('name', name),
    member('group', group),
    member('start', BEGUN),
    member('stop', 0),
    member('now', now),
    member('state', 20),
    member('statename', 'RUNNING'),
    member('spawnerr', ''),
    member('exitstatus', 0),
    member('logfile', `${log}.log`),
    member('stdout_logfile', `${log}.log`),
    member('stderr_logfile', `${log}.err`),
    member('pid', pid),
    member('description', `pid ${pid}, uptime 1 day, ${uptime}`),
  ];
  return `<value><struct>\n${members.join('')}</struct></value>\n`;
}

function member(name: string, value: string | number): string {
  const typed = typeof value === 'number' ? `<int>${value}</int>` : `<string>${value}</string>`;
  return `<member>\n<name>${name}</name>\n<value>${typed}</value>\n</member>\n`;
}
