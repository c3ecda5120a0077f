import { type LogLine, LogLines } from '../../../public/js/log-lines.js';
import type { Db } from '../../store/database.ts';
import * as logs from '../../store/logs.ts';

/** A line that holds the words. `seq` is the chunk in which it begins. */
export type Hit = { id: string; seq: number; at: number; text: string };

const PAGE = 200;

/** The lines of a step's log that hold `words`, whatever their case, oldest first; at most `most`. */
export async function searchLog(db: Db, stepId: string, words: string, most = 200): Promise<Hit[]> {
  const wanted = words.toLowerCase();
  const lines = new LogLines();
  const hits: Hit[] = [];
  let open: LogLine | null = null;
  for (let seq = 0, more = true; more && hits.length < most; ) {
    const chunks = await logs.ofStepAfter(db, stepId, seq, PAGE);
    for (const chunk of chunks) {
      const part = lines.feed(chunk);
      open = part.open;
      hits.push(...part.ended.map(hitOf).filter((hit) => hit.text.toLowerCase().includes(wanted)));
    }
    seq = chunks.at(-1)?.seq ?? seq;
    more = chunks.length === PAGE;
  }
  const last = open === null ? [] : [hitOf(open)].filter((hit) => hit.text.toLowerCase().includes(wanted));
  return [...hits, ...last].slice(0, most);
}

function hitOf(line: LogLine): Hit {
  const text = line.pieces.map((piece) => piece.text).join('');
  return { id: line.id, seq: Number(line.id.split('-')[0]), at: line.at, text: text.slice(0, 500) };
}
