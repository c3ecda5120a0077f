/** What a look says of a process that does not answer: `code:port`, and what it said instead. */
const OF_PORT = /^([a-z_]{1,40}):(\d{1,5})(?: (\d{1,3}))?$/;

/** A message of a look as a text of `seen.` is named and filled; the host's own words name none. */
export function seenCode(message: string): { code: string; detail: Record<string, string> } {
  const [, code = message, port = '', status = ''] = OF_PORT.exec(message) ?? [];
  return { code, detail: port === '' ? {} : { port, status } };
}
