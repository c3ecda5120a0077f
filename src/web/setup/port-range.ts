/** The ports of some processes as a text: `4000`, `4000–4002`, or empty without a port. */
export function portRange(port: number | null, processes: number): string {
  if (port === null) return '';
  return processes > 1 ? `${port}\u2013${port + processes - 1}` : String(port);
}
