import { environmentName } from '../../../model/environment.ts';
import { projectName } from '../../../model/project.ts';
import { scalingSchema } from '../../../model/scaling.ts';
import { strategySchema } from '../../../model/strategy.ts';
import { rowId, z } from './z.ts';

const yesNo = z.boolean();
const whole = (min: number, max: number) => z.int().min(min).max(max);

/** What can be said of a project: the fields of its settings page, and what programs may move it between. */
const fields = {
  groupId: rowId,
  gitUrl: z.string().max(512),
  branch: z.string().max(200),
  port: whole(1, 65_535).nullable(),
  command: z.string().max(8192).describe('Build command; empty: nothing is built'),
  timeoutSeconds: whole(1, 86_400),
  idleSeconds: whole(1, 86_400),
  repeatable: yesNo,
  output: z.string().max(200),
  checkPort: yesNo,
  checkHttp: yesNo,
  checkPath: z.string().max(300),
  checkCode: whole(100, 599),
  startSeconds: whole(0, 3600),
  stopSeconds: whole(1, 3600),
  shared: z.string().max(20_000).describe('One path per line; folders end with a slash'),
  keep: whole(1, 1000).nullable(),
  notes: z.string().max(4000).nullable(),
  options: z.record(z.string(), z.string()).describe("Options of its type; a secret's value is write-only"),
  strategy: strategySchema.partial(),
  scaling: scalingSchema.partial(),
};

export const changedProject = z.object(fields).partial();

export const newProject = z.object({
  ...changedProject.shape,
  environment: environmentName,
  name: projectName,
  type: z.string().max(24),
  groupId: fields.groupId,
  gitUrl: fields.gitUrl,
});
export type ProjectBody = z.output<typeof changedProject>;
