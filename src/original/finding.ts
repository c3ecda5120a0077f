import { oneLine } from './one-line.ts';

/** What the import knows a thing as: the word of the report. */
export type Thing =
  | 'environment'
  | 'group'
  | 'user'
  | 'grant'
  | 'project'
  | 'host'
  | 'placement'
  | 'operation'
  | 'ticket';

/** taken: it is here now · there: it was here already · partly: here, but not all of it · left: not taken. */
export type Outcome = 'taken' | 'there' | 'partly' | 'left';

export type Finding = { thing: Thing; name: string; outcome: Outcome; why: string };

/** What became of every row, for the report. */
export class Findings {
  readonly all: Finding[] = [];

  add(thing: Thing, name: string, outcome: Outcome, why = ''): void {
    // what stands there may obey a terminal
    this.all.push({ thing, name: oneLine(name, 120), outcome, why: oneLine(why, 500) });
  }

  /** How many of each thing had each outcome. */
  counts(): { thing: Thing; taken: number; there: number; partly: number; left: number }[] {
    const things = [...new Set(this.all.map(({ thing }) => thing))];
    const many = (thing: Thing, outcome: Outcome) =>
      this.all.filter((one) => one.thing === thing && one.outcome === outcome).length;
    return things.map((thing) => ({
      thing,
      taken: many(thing, 'taken'),
      there: many(thing, 'there'),
      partly: many(thing, 'partly'),
      left: many(thing, 'left'),
    }));
  }
}
