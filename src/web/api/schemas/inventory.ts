import { operationKinds, operationStates } from '../../../model/operation.ts';
import { liveStates } from '../../../model/process.ts';
import { moment, momentOrNone, rowId, z } from './z.ts';

export const host = z.object({ host: z.string(), address: z.string() });

export const projectHosts = z.object({
  project: z.string(),
  hosts: z.array(host.extend({ processes: z.int() })),
});

export const failing = z.object({
  project: z.string(),
  host: z.string(),
  state: z.enum(liveStates),
  since: momentOrNone,
  message: z.string(),
});

export const port = host.extend({ project: z.string(), ports: z.array(z.int()) });

export const project = z.object({
  project: z.string(),
  environment: z.string(),
  git: z.string(),
  branch: z.string(),
  type: z.string(),
  port: z.int().nullable(),
  group: z.string(),
});

export const release = z.object({
  project: z.string(),
  tag: z.string().nullable(),
  commit: z.string().nullable(),
  at: momentOrNone,
});

export const lock = z.object({
  project: z.string(),
  taskid: rowId,
  kind: z.enum(operationKinds),
  state: z.enum(operationStates),
  by: z.string(),
  since: moment,
});
