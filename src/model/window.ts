import type { OperationKind } from './operation.ts';

/** On what a window or a freeze is; `id`: an environment's name, a group's or project's id, empty for everything. */
export const scopeKinds = ['everything', 'environment', 'group', 'project'] as const;
export type ScopeKind = (typeof scopeKinds)[number];
export type Scope = { kind: ScopeKind; id: string };

/** Minutes of a day: `from` 0–1439, `to` 1–1440; where `to` is not later, it is on the next day. */
export type Hours = { from: number; to: number };

/** Hours of some weekdays (1 Monday – 7 Sunday) and of some dates (`2026-10-10`). */
export type Weekly = { days: number[]; hours: Hours[] };
export type ExtraDay = { date: string; hours: Hours[] };

/** When operations may begin in one place; `zone` is an IANA name. Without any hours it is never. */
export type WindowSet = { id: string; scope: Scope; zone: string; weekly: Weekly[]; extra: ExtraDay[] };

/** From `from` until `to` (epoch ms, exclusive) nothing begins, whatever windows say. */
export type Freeze = { id: string; scope: Scope; from: number; to: number; reason: string };

/** What windows and freezes bind, and what windows do not. */
export type WindowRules = {
  kinds: OperationKind[];
  /** Windows of groups, and freezes of groups and of everything, bind other environments than production as well. */
  everywhere: boolean;
  exemptGroups: string[];
  exemptProjects: string[];
};

/** As in the original: what brings a new release to machines, and nothing that mends. */
export const defaultRules: WindowRules = {
  kinds: ['deploy', 'promote'],
  everywhere: false,
  exemptGroups: [],
  exemptProjects: [],
};

/** A project as windows know it. */
export type Placed = { id: string; groupId: string; environment: string; production: boolean };

/** True where a rule of this scope is about the project. A wide one spares environments that are not production. */
export function covers(scope: Scope, project: Placed, rules: WindowRules): boolean {
  if (scope.kind === 'project') return scope.id === project.id;
  if (scope.kind === 'environment') return scope.id === project.environment;
  if (!project.production && !rules.everywhere) return false;
  return scope.kind === 'everything' || scope.id === project.groupId;
}

/** The window of a project: its own, else its group's, else its environment's; null: it is always open. */
export function windowOf(sets: readonly WindowSet[], project: Placed, rules: WindowRules): WindowSet | null {
  if (rules.exemptProjects.includes(project.id) || rules.exemptGroups.includes(project.groupId)) return null;
  const ruling = sets.filter(({ scope }) => covers(scope, project, rules));
  const order: ScopeKind[] = ['project', 'group', 'environment'];
  return order.map((kind) => ruling.find(({ scope }) => scope.kind === kind)).find(Boolean) ?? null;
}
