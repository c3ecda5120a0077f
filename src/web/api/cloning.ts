import { clone } from '../../deploy/clone.ts';
import { environmentName } from '../../model/environment.ts';
import { projectName } from '../../model/project.ts';
import * as environments from '../../store/environments.ts';
import { refuseForeign } from './changing-projects.ts';
import { accepted, launched } from './deeds.ts';
import { endpoint } from './endpoint.ts';
import { operationSchema } from './schemas/operation.ts';
import { rowId, z } from './schemas/z.ts';
import { configuresProject, projectHere } from './subjects.ts';

const body = z.object({ environment: environmentName, name: projectName, groupId: rowId });

export const endpoints = [
  endpoint({
    ...{ method: 'POST', path: '/api/v1/projects/:project/clone', tag: 'Projects', scopes: ['config'] },
    ...{ guard: configuresProject, body, named: true },
    summary: 'Make another project like this one, without hosts, releases and secrets',
    answers: { 202: { about: 'The operation, queued', schema: operationSchema } },
    handle: async (call, { body: wish }) => {
      const { id: source } = await projectHere(call);
      const target = await environments.byName(call.db, wish.environment);
      if (!target) return call.refuse({ field: 'environment', code: 'choice' });
      await refuseForeign(call, wish.groupId, target.production);
      const request = { ...wish, source, by: call.by, ...call.origin };
      return accepted(call, await launched(call, wish, (db) => clone(db, request)));
    },
  }),
];
