import { z } from 'zod';
import type { Project, ProjectSettings } from '../../model/project.ts';
import { projectSettingsSchema } from '../../model/project.ts';
import { typeOf } from '../../project-types/index.ts';
import { registries } from '../../registries/index.ts';
import type { Registry } from '../../registries/registry.ts';
import { checkbox } from '../form.ts';
import type { Page } from '../page.ts';
import { optionFirst, optionShape, readOptions } from './options-form.ts';
import { revision, whole } from './setup-fields.ts';

const { checks } = projectSettingsSchema.shape;

const shape = {
  revision,
  registry: z.enum(registries.map(({ name }) => name) as [string, ...string[]]),
  drainSeconds: whole(0, 3600),
  timeoutSeconds: whole(1, 600),
  required: checkbox,
  checkPort: checkbox,
  checkHttp: checkbox,
  checkPath: checks.shape.path,
  checkCode: whole(100, 599),
  checkFrom: checks.shape.from,
  checkHeader: z.string().trim().pipe(checks.shape.header),
  checkGood: whole(1, 100),
  checkSweep: checkbox,
  autotest: checkbox,
};
type TrafficForm = z.output<z.ZodObject<typeof shape>>;

/** The form of a project's traffic and checks under this registry. */
export function trafficForm(registry: Registry) {
  return z.object(shape).extend(optionShape(registry.options));
}

/** The registry of the form at hand: what was sent, else what the query names, else the project's own. */
export function chosenRegistry(page: Page, project: Project): Registry {
  const sent = (page.req.body as Record<string, unknown> | undefined)?.registry;
  const name = typeof sent === 'string' ? sent : (page.query('registry') ?? project.settings.registry.name);
  return registries.find((one) => one.name === name) ?? (registries[0] as Registry);
}

/** What was typed, judged; each thing wrong is refused at its field. */
export function trafficDraft(
  page: Page,
  form: TrafficForm,
  project: Project,
  registry: Registry,
): ProjectSettings {
  const { settings, port } = project;
  if (port === null && (form.checkPort || form.checkHttp))
    page.refuse({ field: form.checkPort ? 'checkPort' : 'checkHttp', code: 'check_needs_port' });
  if (port === null && registry.needsPort) page.refuse({ field: 'registry', code: 'registry_port' });
  if (form.autotest && page.settings.autotestUrl === '')
    page.refuse({ field: 'autotest', code: 'autotest_unset' });
  const { drainSeconds, timeoutSeconds, required } = form;
  const { usesPort } = typeOf(project.type);
  return {
    ...settings,
    registry: {
      ...{ name: registry.name, drainSeconds, timeoutSeconds, required },
      options: readOptions(page, registry.options, form, optionsBefore(settings, registry)),
    },
    checks: {
      port: usesPort && form.checkPort,
      http: usesPort && form.checkHttp,
      path: form.checkPath,
      code: form.checkCode,
      from: form.checkFrom,
      header: form.checkHeader,
      good: form.checkGood,
      sweep: usesPort && form.checkSweep,
      autotest: form.autotest,
    },
  };
}

/** Proposed where a project gets its first registry. */
const DRAIN_AT_FIRST = 20;

/** The form's first values. */
export function trafficValues({ settings, revision: seen }: Project, registry: Registry) {
  const { name, timeoutSeconds, required } = settings.registry;
  const drainSeconds = name === 'none' && registry.counts ? DRAIN_AT_FIRST : settings.registry.drainSeconds;
  const { port, http, path, code, from, header, good, sweep, autotest } = settings.checks;
  return {
    ...{ revision: seen, registry: registry.name, drainSeconds, timeoutSeconds, required },
    ...{ checkPort: port, checkHttp: http, checkPath: path, checkCode: code },
    ...{ checkFrom: from, checkHeader: header, checkGood: good, checkSweep: sweep, autotest },
    ...optionFirst(registry.options, optionsBefore(settings, registry)),
  };
}

/** Another registry starts anew: a secret of one is none of the next. */
export function optionsBefore(
  { registry: now }: ProjectSettings,
  { name }: Registry,
): Record<string, string> {
  return now.name === name ? now.options : {};
}
