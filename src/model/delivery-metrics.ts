/** What is known of some deploys; lengths in milliseconds, in no order. */
export type DeliverySums = {
  /** Successful ones, all that ended, and those of them that failed or were rolled back. */
  deploys: number;
  ended: number;
  failures: number;
  leads: number[];
  restores: number[];
};

/** The four delivery metrics; lengths in milliseconds, null where nothing is there to measure. */
export type DeliveryMetrics = {
  /** Successful deploys. */
  deploys: number;
  perDay: number;
  /** Deploys with a known lead time. */
  leads: number;
  leadMs: number | null;
  /** Ended deploys, and those of them that failed or were rolled back. */
  ended: number;
  failures: number;
  /** 0 to 1. */
  failureRate: number | null;
  /** Failures that a later operation ended. */
  restored: number;
  restoreMs: number | null;
};

/** What a list of deploys can show: those behind one of the numbers. */
export const deliveryLists = ['deploys', 'leads', 'ended', 'failures', 'restored'] as const;
export type DeliveryList = (typeof deliveryLists)[number];

/** @param days the length of the period, at least 1. */
export function metricsOf(parts: DeliverySums[], days: number): DeliveryMetrics {
  const sum = (of: (part: DeliverySums) => number) => parts.reduce((total, part) => total + of(part), 0);
  const [deploys, ended, failures] = [
    sum((part) => part.deploys),
    sum((part) => part.ended),
    sum((part) => part.failures),
  ];
  const [leads, restores] = [parts.map((part) => part.leads), parts.map((part) => part.restores)];
  return {
    ...{ deploys, ended, failures, perDay: deploys / days },
    ...{ leads: sum((part) => part.leads.length), leadMs: median(leads) },
    ...{ restored: sum((part) => part.restores.length), restoreMs: median(restores) },
    failureRate: ended === 0 ? null : failures / ended,
  };
}

/** The middle one of all the numbers, or the mean of the two in the middle; null where there is none. */
export function median(lists: number[][]): number | null {
  const all = Float64Array.from(lists.length === 1 ? lists[0]! : lists.flat()).sort();
  const [low, high] = [all[(all.length - 1) >> 1], all[all.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
