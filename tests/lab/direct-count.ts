import type { JudgedDeploy } from '../../src/model/delivery.ts';
import type { DeliverySums } from '../../src/model/delivery-metrics.ts';

/** The sums over judged deploys, counted one by one. */
export function sumsOf(deploys: JudgedDeploy[]): DeliverySums {
  return {
    deploys: deploys.filter(({ succeeded }) => succeeded).length,
    ended: deploys.length,
    failures: deploys.filter(({ failed }) => failed).length,
    leads: deploys.flatMap(({ leadMs }) => leadMs ?? []).sort((one, other) => one - other),
    restores: deploys.flatMap(({ restoreMs }) => restoreMs ?? []).sort((one, other) => one - other),
  };
}
