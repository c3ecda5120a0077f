import type { Openness } from './open-fields.ts';

/**
 * As open-fields.ts says it of forms: what becomes of the texts of a shell in those fields of programs' bodies whose
 * shape alone does not refuse all of them. One that is not here fails.
 */
export const openLeaves: Record<Exclude<Openness, 'nothing'>, Record<string, string>> = {
  text: {
    notes: 'POST /projects, PATCH /projects/:project, POST /hosts, PATCH /hosts/:host',
    reason:
      'POST /projects/:project/operations, POST /projects/:project/schedules, POST /operations/:operation/cancel, ' +
      'POST /operations/:operation/pause, POST /operations/:operation/unlock, POST /tickets, ' +
      'POST /tickets/:ticket/refuse, POST /tickets/:ticket/close, POST /expansion, POST /reduced, ' +
      'POST /hosts, PATCH /hosts/:host',
    weakSshReason: 'POST /hosts, PATCH /hosts/:host',
    pass:
      'POST /projects/:project/operations, POST /projects/:project/schedules, POST /projects/:project/placements, ' +
      'POST /operations/:operation/resume, POST /operations/:operation/retry, ' +
      'POST /operations/:operation/rollback, POST /expansion, POST /reduced',
    note: 'POST /tickets/:ticket/approve',
  },
  judged: {
    ...Object.fromEntries(
      ['gitUrl', 'branch', 'output', 'checkPath', 'shared', 'options.{}', 'options.*'].map((name) => [
        name,
        'POST /projects, PATCH /projects/:project',
      ]),
    ),
    type: 'POST /projects',
    'hosts[]': 'POST /projects/:project/operations, POST /projects/:project/schedules',
    release:
      'POST /projects/:project/operations, POST /projects/:project/schedules, ' +
      'POST /operations/:operation/rollback',
    process: 'POST /projects/:project/operations, POST /projects/:project/schedules',
    'parts[].project': 'POST /tickets',
    'parts[].release': 'POST /tickets',
    'parts[].rollback': 'POST /tickets',
    'parts[].hosts[]': 'POST /tickets',
    host: 'POST /projects/:project/placements, POST /expansion, POST /reduced',
    project: 'POST /expansion, POST /reduced',
    hostname: 'POST /expansion',
    host_key: 'POST /expansion',
    ...Object.fromEntries(
      ['name', 'address', 'hostKey', 'sshUser', 'sshKey', 'hostPath', 'logPath', 'supervisorDir']
        .concat('supervisorSuffix', 'supervisorSocket', 'supervisorUser')
        .concat('allowedEnvironments[]', 'allowedGroups[]')
        .map((name) => [name, 'POST /hosts, PATCH /hosts/:host']),
    ),
  },
  words: { supervisorctl: 'POST /hosts, PATCH /hosts/:host' },
  secret: { supervisorPassword: 'POST /hosts, PATCH /hosts/:host' },
  command: { command: 'POST /projects, PATCH /projects/:project' },
};

/** Where the versions of the interface stand beside the two addresses that an earlier program had. */
const whole = (address: string) => address.replace(/ (?!\/(expansion|reduced)$)/, ' /api/v1');

/** The same, one line for each field and address: `reason POST /api/v1/tickets`. */
export function leafLines(of: keyof typeof openLeaves): string[] {
  return Object.entries(openLeaves[of]).flatMap(([place, addresses]) =>
    addresses.split(', ').map((address) => `${place} ${whole(address)}`),
  );
}
