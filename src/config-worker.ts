import { count, type Setting, seconds } from './config-setting.ts';

/** Settings of a worker's slots, leases and connections. */
export const workerSettings = {
  workerSlots: {
    name: 'CEDAR_WORKER_SLOTS',
    about: 'Operations that one worker runs at once.',
    schema: count(8, 1, 200),
  },
  questionSlots: {
    name: 'CEDAR_QUESTION_SLOTS',
    about: 'Questions of pages that one worker answers at once.',
    schema: count(8, 1, 200),
  },
  pollSeconds: {
    name: 'CEDAR_POLL_SECONDS',
    about: 'How often a worker looks for new operations and questions.',
    schema: seconds(0.2, 0.02, 60),
  },
  leaseSeconds: {
    name: 'CEDAR_LEASE_SECONDS',
    about: 'A worker that has not renewed its lease for so long has lost its operation to the next one.',
    schema: seconds(30, 1, 3600),
  },
  leaseRenewSeconds: {
    name: 'CEDAR_LEASE_RENEW_SECONDS',
    about: 'How often a worker renews its leases.',
    schema: seconds(10, 0.1, 1200),
  },
  leaseStopSeconds: {
    name: 'CEDAR_LEASE_STOP_SECONDS',
    about: 'A worker that could not renew for so long stops by itself.',
    schema: seconds(20, 0.5, 3000),
  },
  drainSeconds: {
    name: 'CEDAR_DRAIN_SECONDS',
    about: 'After SIGTERM a worker finishes the host at hand for at most so long.',
    schema: seconds(60, 0.1, 3600),
  },
  connectSeconds: {
    name: 'CEDAR_CONNECT_SECONDS',
    about: 'Deadline of one ssh connection attempt; two are made.',
    schema: seconds(5, 0.2, 120),
  },
  sshIdleSeconds: {
    name: 'CEDAR_SSH_IDLE_SECONDS',
    about: 'A pooled ssh connection unused for so long is closed.',
    schema: seconds(120, 1, 86_400),
  },
  commandSeconds: {
    name: 'CEDAR_COMMAND_SECONDS',
    about: 'Deadline of one command on a host.',
    schema: seconds(60, 1, 3600),
  },
} as const satisfies Record<string, Setting>;
