import type { JudgedDeploy } from './delivery.ts';

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
export const deliveryLists = {
  deploys: (deploy: JudgedDeploy) => deploy.succeeded,
  leads: (deploy: JudgedDeploy) => deploy.leadMs !== null,
  ended: () => true,
  failures: (deploy: JudgedDeploy) => deploy.failed,
  restored: (deploy: JudgedDeploy) => deploy.restoreMs !== null,
};
export type DeliveryList = keyof typeof deliveryLists;

/** @param days the length of the period, at least 1. */
export function metricsOf(deploys: JudgedDeploy[], days: number): DeliveryMetrics {
  const count = (list: DeliveryList) => deploys.filter(deliveryLists[list]).length;
  const [ended, failures] = [count('ended'), count('failures')];
  return {
    ...{ deploys: count('deploys'), leads: count('leads'), restored: count('restored'), ended, failures },
    perDay: count('deploys') / days,
    leadMs: median(deploys.map(({ leadMs }) => leadMs)),
    failureRate: ended === 0 ? null : failures / ended,
    restoreMs: median(deploys.map(({ restoreMs }) => restoreMs)),
  };
}

/** The middle one of the numbers given, or the mean of the two in the middle; null where there is none. */
export function median(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((one, other) => one - other);
  const [low, high] = [known[(known.length - 1) >> 1], known[known.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
