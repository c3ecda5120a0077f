/** One server-sent event as text (HTML standard, 9.2.6). `id` is what the browser sends back as Last-Event-ID. */
export function eventText(name: string, data: unknown, id?: number): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A line that browsers ignore and that keeps proxies from closing the connection. */
export const heartbeat = ': beat\n\n';
