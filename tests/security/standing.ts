import { type Row, rows } from './rows.ts';
import { tagsIn } from './tags.ts';

/** One test as a run reported it: its whole title with those of its groups, and what came of it. */
export type Told = { fullName: string; status: string };

/** How a row stands: `tests` that name it; `open` says why it is not proven, null where it is. */
export type Standing = Row & { tests: number; open: string | null };

/** A row is proven where at least one test names it, and every test that does passed. */
export function standings(told: Told[], of: Row[] = rows): Standing[] {
  const named = told.map((test) => ({ ...test, tags: tagsIn(test.fullName) }));
  return of.map((row) => {
    const tests = named.filter(({ tags }) => tags.includes(row.id));
    const failing = tests.filter(({ status }) => status !== 'passed');
    const open =
      tests.length === 0 ? 'no test' : failing.map((test) => `failing: ${test.fullName}`).join('; ');
    return { ...row, tests: tests.length, open: open || null };
  });
}

/** True where the bar holds: every row is proven, or says itself why it cannot be and has no failing test. */
export function holds(all: Standing[]): boolean {
  return all.every(({ open, reason }) => open === null || (open === 'no test' && reason !== undefined));
}
