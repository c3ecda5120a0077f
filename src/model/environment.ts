import { z } from 'zod';
import type { HostSettings } from './host-settings.ts';
import type { Variable } from './variable.ts';

/** Environment names carry no `_`, so that `environment_name` can be taken apart again. */
export const environmentName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,23}$/, 'name');

/** Where projects run. `production` is guarded by the deploy grant. */
export type Environment = {
  name: string;
  production: boolean;
  position: number;
  settings: Partial<HostSettings>;
  /** Variables of all its projects, values sealed; a project's own win. */
  env: Variable[];
  createdAt: number;
};
