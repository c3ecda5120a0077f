import type { Said, Told } from './notice.ts';

/** A push that came while the window was closed, or during a freeze. */
export type ClosedPush = {
  projectKey: string;
  deliveryId: string;
  branch: string;
  pusher: string;
  /** When the window opens. */
  until: number;
  /** It is deployed then, by itself. */
  held: boolean;
};

/** For the people of the group: their push is not forgotten, or has to be deployed by hand. */
export function toldOfClosedPush({ projectKey, branch, pusher, until, held }: ClosedPush): Told {
  const line = (name: string, value: Said | string): Said => ({
    ...{ key: `notice.line.${name}`, detail: { value } },
  });
  return {
    title: { key: `notice.push_${held ? 'held' : 'closed'}`, detail: { project: projectKey, branch } },
    lines: [
      { key: 'notice.line.opens', detail: { value: { at: until } } },
      ...(pusher ? [line('pusher', pusher)] : []),
    ],
    path: `/projects/${projectKey}`,
  };
}
