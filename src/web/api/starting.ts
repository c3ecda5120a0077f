import { launch } from '../../deploy/launch.ts';
import { accepted, launched } from './deeds.ts';
import { endpoint } from './endpoint.ts';
import { operationSchema } from './schemas/operation.ts';
import { deploysProject, projectHere } from './subjects.ts';
import { wantedOf, wishBody } from './wish.ts';

export const endpoints = [
  endpoint({
    ...{ method: 'POST', path: '/api/v1/projects/:project/operations', tag: 'Operations' },
    ...{ scopes: ['deploy'], guard: deploysProject, body: wishBody, named: true },
    summary: 'Start an operation',
    about: 'Answers at once. A project runs one operation at a time: while another one does, 409 names it.',
    answers: { 202: { about: 'The operation, queued', schema: operationSchema } },
    handle: async (call, { body }) => {
      const project = await projectHere(call);
      const wanted = await wantedOf(call, project, body);
      const request = { ...wanted, projectId: project.id, by: call.by, ...call.origin };
      return accepted(call, await launched(call, body, (db) => launch(db, request)));
    },
  }),
];
