import { endpoints as changingHosts } from './changing-hosts.ts';
import { endpoints as changingProjects } from './changing-projects.ts';
import { endpoints as cloning } from './cloning.ts';
import { endpoints as drift } from './drift.ts';
import type { Endpoint } from './endpoint.ts';
import { endpoints as hosts } from './hosts.ts';
import { endpoints as inventory } from './inventory.ts';
import { endpoints as log } from './log.ts';
import { openApi } from './open-api.ts';
import { endpoints as operations } from './operations.ts';
import { endpoints as placing } from './placing.ts';
import { endpoints as projects } from './projects.ts';
import { endpoints as scaling } from './scaling.ts';
import { endpoints as scheduling } from './scheduling.ts';
import { endpoints as starting } from './starting.ts';
import { endpoints as steering } from './steering.ts';
import { endpoints as tickets } from './tickets.ts';

/** The whole interface for programs: each file's own list. What is not here does not exist. */
export const allEndpoints: readonly Endpoint[] = [
  openApi,
  ...projects,
  ...changingProjects,
  ...cloning,
  ...placing,
  ...operations,
  ...log,
  ...starting,
  ...scheduling,
  ...steering,
  ...tickets,
  ...scaling,
  ...hosts,
  ...changingHosts,
  ...inventory,
  ...drift,
];
