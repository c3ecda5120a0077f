import { CedarError } from '../errors.ts';
import type { ProjectSettings } from '../model/project.ts';
import { type Strategy, strategySchema } from '../model/strategy.ts';

/** The settings with a run's own choice in place of the project's. @throws CedarError `strategy_wrong` (422). */
export function withStrategy(settings: ProjectSettings, choice?: Partial<Strategy>): ProjectSettings {
  if (!choice) return settings;
  const read = strategySchema.safeParse({ ...settings.strategy, ...choice });
  if (read.success) return { ...settings, strategy: read.data };
  throw new CedarError('strategy_wrong', { field: String(read.error.issues[0]?.path[0] ?? '') }, 422);
}
