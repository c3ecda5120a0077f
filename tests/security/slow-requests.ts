/** What a pattern that goes over its text again and again is busy with for hours. */
export const tooLong = `${'a'.repeat(100_000)}!`;

/** As much of it as one of several parts of an address may be: a head is 16 KB at most. */
export const inAddress = (parts: number) => `${'a'.repeat(Math.floor(12_000 / Math.max(1, parts)))}!`;

/**
 * Server and sender share one loop here, so that an answer within a second says that nothing held it longer; one that
 * comes late is asked for again, as this machine may have been busy. Answers what is wrong.
 */
export async function slowOf(
  name: string,
  ask: () => PromiseLike<{ status: number }>,
  statuses: number[] | null = null,
): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    const began = performance.now();
    const { status } = await ask();
    const took = performance.now() - began;
    if (status >= 500 || (statuses && !statuses.includes(status))) return [`${name}: ${status}`];
    if (took < 1000) return [];
    if (tries === 3) return [`${name}: ${Math.round(took)} ms`];
  }
}
