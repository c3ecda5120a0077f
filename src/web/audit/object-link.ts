const folders: Record<string, string> = {
  project: '/projects',
  host: '/hosts',
  group: '/groups',
  operation: '/operations',
  environment: '/environments',
  notice: '/notices',
  channel: '/notices/channels',
  ticket: '/tickets',
};

/** Where the object of a row is shown, while it is there; null for what has no page of its own. */
export function objectLink(object: string): string | null {
  const [, kind = '', name = ''] = /^([a-z-]+):([^/\s]+)$/.exec(object) ?? [];
  const folder = Object.hasOwn(folders, kind) ? folders[kind] : undefined;
  return folder ? `${folder}/${encodeURIComponent(name)}` : null;
}
