/** A process as supervisor 4.2 tells of it; texts are as they stand in XML. */
export type Told = {
  name: string;
  group: string;
  pid: number;
  state: number;
  statename: string;
  start: number;
  stop: number;
  now: number;
  exitstatus: number;
  spawnerr: string;
  description: string;
};

export const NOW = 1_700_000_000;

export function running(over: Partial<Told> = {}): Told {
  return {
    ...{ name: 'shop_0', group: 'test_shop', pid: 4711, state: 20, statename: 'RUNNING' },
    ...{ start: NOW - 90_000, stop: 0, now: NOW, exitstatus: 0, spawnerr: '' },
    description: 'pid 4711, uptime 1 day, 1:00:00',
    ...over,
  };
}

/** What supervisor's XML-RPC answers to getAllProcessInfo. */
export function answerOf(all: Told[]): Buffer {
  const values = all.map((one) => `<value><struct>\n${membersOf(one).join('')}</struct></value>\n`);
  return Buffer.from(
    `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n${values.join('')}</data></array></value>\n</param>\n</params>\n</methodResponse>\n`,
  );
}

const ORDER = 'name group start stop now state statename spawnerr exitstatus pid description'.split(' ');

function membersOf(told: Told): string[] {
  return ORDER.map((name) => {
    const value = told[name as keyof Told];
    const typed = typeof value === 'number' ? `<int>${value}</int>` : `<string>${value}</string>`;
    return `<member>\n<name>${name}</name>\n<value>${typed}</value>\n</member>\n`;
  });
}
