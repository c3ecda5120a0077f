import type { OperationKind } from './operation.ts';
import type { Permission } from './permission.ts';

type Needed = Extract<Permission, 'project.configure' | 'project.deploy'>;

/** Which permission on its project an operation needs: when it is asked for, and as long as it goes on. */
export const neededFor: Readonly<Record<OperationKind, Needed>> = {
  deploy: 'project.deploy',
  prepare: 'project.deploy',
  promote: 'project.deploy',
  rollback: 'project.deploy',
  'fast-rollback': 'project.deploy',
  restart: 'project.deploy',
  stop: 'project.deploy',
  'restart-process': 'project.deploy',
  'start-process': 'project.deploy',
  'stop-process': 'project.deploy',
  'put-back': 'project.deploy',
  unlock: 'project.deploy',
  expansion: 'project.deploy',
  reduction: 'project.deploy',
  'clean-cache': 'project.deploy',
  'add-host': 'project.configure',
  'remove-host': 'project.configure',
  'push-configuration': 'project.configure',
  clone: 'project.configure',
};
