import type { Instance } from './registry.ts';

/** What `{…}` in an address, a name or a text of a registry's options may say. */
const places = {
  host: ({ host }: Instance) => host.address,
  hostname: ({ host }: Instance) => host.name,
  port: ({ port }: Instance) => String(port ?? ''),
  process: ({ process }: Instance) => String(process + 1),
  project: ({ project }: Instance) => project.key,
  name: ({ project }: Instance) => project.key.slice(project.environment.length + 1),
  environment: ({ project }: Instance) => project.environment,
} as const;
export type PlaceName = keyof typeof places;

/** The places that a text names and that there are none of. */
export function unknownPlaces(text: string, more: readonly string[] = []): string[] {
  const known: readonly string[] = [...Object.keys(places), ...more];
  return [...text.matchAll(/\{(\w+)\}/g)]
    .map((match) => match[1] as string)
    .filter((one) => !known.includes(one));
}

/** Fills a text; what is put in goes through `quote` first. Places of nothing stay as they are. */
export function fill(
  text: string,
  instance: Instance,
  more: Record<string, string> = {},
  quote: (value: string) => string = (value) => value,
): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    if (Object.hasOwn(more, name)) return quote(more[name] as string);
    return Object.hasOwn(places, name) ? quote(places[name as PlaceName](instance)) : whole;
  });
}

/** Fills an address: as it is in the authority (an IPv6 address in brackets), percent-encoded behind it. */
export function fillUrl(text: string, instance: Instance, more: Record<string, string> = {}): string {
  const [, authority = '', rest = ''] = /^(https?:\/\/[^/?#]*)(.*)$/s.exec(text) ?? [];
  const bracketed = (value: string) => (value.includes(':') ? `[${value}]` : value);
  return fill(authority, instance, more, bracketed) + fill(rest, instance, more, encodeURIComponent);
}

/** A text as a part of JSON between its quotes. */
export function insideJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
