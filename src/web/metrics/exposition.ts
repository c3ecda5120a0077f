import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BeatingProcess } from '../../store/workers.ts';
import type { Numbers } from './numbers.ts';

/** A process is up where it has told of itself within so long. */
const UP_MS = 60_000;
/** From a second to an hour: what deploys take. */
const buckets = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];

/** The numbers in the words of Prometheus. Names and labels are documented in docs/metrics.md. */
export class Exposition {
  readonly #registry = new Registry();
  readonly #gauges = new Map<string, Gauge>();
  readonly #ended: Counter;
  readonly #durations: Histogram;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 100 });
    const labelNames = ['kind', 'state'];
    this.#ended = new Counter({
      ...{ name: 'cedar_operations_ended_total', help: 'Operations that ended since this process runs.' },
      ...{ labelNames, registers },
    });
    this.#durations = new Histogram({
      ...{ name: 'cedar_operation_seconds', help: 'How long operations took, from their start.' },
      ...{ labelNames, registers, buckets },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async tell(numbers: Numbers): Promise<string> {
    for (const gauge of this.#gauges.values()) gauge.reset();
    this.#fleet(numbers);
    this.#work(numbers);
    for (const process of numbers.processes) this.#process(process);
    for (const { kind, state, ms } of numbers.ended) {
      this.#ended.inc({ kind, state });
      if (ms !== null) this.#durations.observe({ kind, state }, ms / 1000);
    }
    return this.#registry.metrics();
  }

  #fleet({ hosts, placements, alarms }: Numbers): void {
    for (const [state, n] of hosts.states)
      this.#set('cedar_hosts', 'Hosts, by how they were last seen.', n, { state });
    for (const [state, n] of placements)
      this.#set('cedar_placements', 'Services on hosts, by how they were last seen.', n, { state });
    this.#set('cedar_sweep_hosts_looked', 'Hosts looked at within the last interval.', hosts.looked);
    this.#set(
      'cedar_sweep_hosts_unknown',
      'Hosts whose last look is too old.',
      hosts.states.get('unknown') ?? 0,
    );
    this.#seconds(
      'cedar_sweep_newest_look_age_seconds',
      'Age of the newest look at any host.',
      hosts.newestMs,
    );
    this.#seconds(
      'cedar_sweep_oldest_look_age_seconds',
      'Age of the oldest look at any host.',
      hosts.oldestMs,
    );
    this.#set('cedar_alarms_open', 'Open alarms.', 0, { kind: 'service', acknowledged: 'no' });
    for (const { n, ...labels } of alarms) this.#set('cedar_alarms_open', 'Open alarms.', n, labels);
  }

  #work({ live, questions, notices, channels, attempts }: Numbers): void {
    for (const state of ['queued', 'running', 'paused'])
      this.#set('cedar_operations_live', 'Operations that are not over.', 0, { kind: 'deploy', state });
    for (const { n, ...labels } of live)
      this.#set('cedar_operations_live', 'Operations that are not over.', n, labels);
    for (const [queue, { n, oldestMs }] of Object.entries({ questions, notices })) {
      this.#set('cedar_queue_waiting', 'What waits for a worker.', n, { queue });
      this.#seconds('cedar_queue_oldest_age_seconds', 'Age of what waits longest.', oldestMs ?? 0, { queue });
    }
    for (const { n, ...labels } of channels)
      this.#set('cedar_notices', 'Notices that wait or could not be delivered.', n, labels);
    for (const { n, ...labels } of attempts)
      this.#set('cedar_notice_attempts_hour', 'Attempts to tell something in the last hour.', n, labels);
  }

  #process({ kind, machine, id, startedAt, silentMs, pulse }: BeatingProcess): void {
    const labels = { program: kind, machine, id };
    this.#set('cedar_process_up', 'Whether it has told of itself lately.', silentMs <= UP_MS ? 1 : 0, labels);
    this.#seconds('cedar_process_silent_seconds', 'Since when it has been silent.', silentMs, labels);
    this.#seconds('cedar_process_start_time_seconds', 'When it began, since 1970.', startedAt, labels);
    if (!pulse) return;
    this.#set('cedar_process_resident_bytes', 'Memory it takes.', pulse.residentBytes, labels);
    this.#set('cedar_process_heap_bytes', 'Heap in use.', pulse.heapBytes, labels);
    this.#set(
      'cedar_process_cpu_seconds',
      'Time of the processor since its start.',
      pulse.cpuSeconds,
      labels,
    );
    this.#seconds('cedar_sweep_seconds', 'How long its last sweep took.', pulse.sweepMs, labels);
  }

  #seconds(name: string, help: string, ms: number | null, labels: Record<string, string> = {}): void {
    if (ms !== null) this.#set(name, help, ms / 1000, labels);
  }

  #set(name: string, help: string, value: number, labels: Record<string, string> = {}): void {
    const known = this.#gauges.get(name);
    const registers = [this.#registry];
    const gauge = known ?? new Gauge({ name, help, labelNames: Object.keys(labels), registers });
    this.#gauges.set(name, gauge);
    gauge.set(labels, value);
  }
}
