const once = ['fetch', 'resolve', 'build', 'keep'];
const finish = ['remember', 'prune'];
const unchanged = [
  'switch',
  ...perProcess('deregister', 'restart', 'state', 'port', 'http', 'stable', 'register'),
];
const changed = [
  'configure',
  ...perProcess('deregister'),
  'switch',
  'update',
  ...perProcess('state', 'port', 'http', 'stable', 'register'),
];

/** Every point between two journal writes of a deploy to these hosts, in the order in which they are passed. */
export function pointsOf(hosts: string[], configurationChanges: boolean): string[] {
  const activate = configurationChanges ? changed : unchanged;
  const steps = [
    ...once,
    ...hosts.map((host) => `preflight@${host}`),
    ...hosts.map((host) => `stage@${host}`),
    ...hosts.flatMap((host) => activate.map((step) => at(step, host))),
    ...finish,
  ];
  return [
    ...steps.flatMap((step) => ['before', 'intended', 'done'].map((when) => `${step}:${when}`)),
    'end:before',
    'end:done',
  ];
}

/** `before` of a step is the very state of `done` of the one before, as far as the journal goes: killed once. */
export function distinct(points: string[]): string[] {
  return points.filter((point, index) => index === 0 || !point.endsWith(':before') || point === 'end:before');
}

function perProcess(...steps: string[]): string[] {
  return steps.map((step) => `${step}#0`);
}

function at(step: string, host: string): string {
  const [name, process] = step.split('#');
  return `${name}@${host}${process === undefined ? '' : `#${process}`}`;
}
