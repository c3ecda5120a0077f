import { Liquid } from 'liquidjs';
import { CedarError, messageOf } from '../errors.ts';

/** A template may be so long, in characters. */
export const TEMPLATE_LIMIT = 32_768;

const liquid = new Liquid({
  ownPropertyOnly: true,
  strictVariables: true,
  strictFilters: true,
  parseLimit: TEMPLATE_LIMIT,
  renderLimit: 500,
  memoryLimit: 5_000_000,
  templates: {},
});

/** What a template may say in `{{ … }}`. */
export type TemplateVariables = Record<string, string | number | null | Record<string, string>>;

/**
 * Fills a supervisor template, sandboxed: no files, no inherited properties, bounded time and memory.
 * @throws CedarError `template` with Liquid's message, which names the line.
 */
export function renderProgram(template: string, variables: TemplateVariables): string {
  try {
    return liquid.parseAndRenderSync(template, variables) as string;
  } catch (cause) {
    throw new CedarError('template', { message: firstLines(messageOf(cause)) }, 422, { cause });
  }
}

function firstLines(message: string): string {
  return (message.split('\n')[0] ?? '').slice(0, 300);
}
