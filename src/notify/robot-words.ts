import type { OptionValues } from '../model/option.ts';
import type { Message } from './channel.ts';
import { plainLine } from './line.ts';
import { plainWords } from './plain-words.ts';

/**
 * A message as plain text of at most so many bytes: what is too much is counted in the last line.
 * @param weight a text's bytes; of UTF-8 unless the robot counts others.
 */
export function plainText(
  message: Message,
  mostBytes: number,
  before: string[] = [],
  weight: (text: string) => number = Buffer.byteLength,
): string {
  const head = [...before, plainWords(message.title, 200)].filter(Boolean);
  const tail = message.link === null ? [] : [message.link];
  let room = mostBytes - weight([...head, ...tail].join('\n')) - 16;
  const lines: string[] = [];
  for (const line of message.lines.map(plainLine)) {
    room -= weight(`${line}\n`);
    if (room < 0) break;
    lines.push(line);
  }
  const missing = message.lines.length - lines.length;
  return [...head, ...lines, ...(missing > 0 ? [`… +${missing}`] : []), ...tail].join('\n');
}

/** The bytes that a text takes within a body of JSON: quotes, strokes and line feeds take two. */
export function bytesInJson(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** Where a robot's answer keeps its code: a number of a JSON object; null: it is none. */
export function codeIn(text: string, names: readonly string[]): { code: number | null; words: string } {
  try {
    const answer = JSON.parse(text) as Record<string, unknown>;
    const name = names.find((one) => typeof answer?.[one] === 'number');
    const said = String(answer?.errmsg ?? answer?.msg ?? answer?.StatusMessage ?? '');
    const code = name === undefined ? null : Number(answer[name]);
    return { code, words: `${name ?? names[0]} ${code ?? '?'}: ${said}`.slice(0, 300) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { code: null, words: text.replace(/\s+/g, ' ').trim().slice(0, 300) };
  }
}

/** A word that a robot asks for in each message, where the message's heading does not have it already. */
export function missingKeyword({ keyword = '' }: OptionValues, title: string): string[] {
  return keyword === '' || title.includes(keyword) ? [] : [keyword];
}

/** The phone numbers that a message calls: those of the settings, for bad news alone. */
export function calledBy({ mobiles = '' }: OptionValues, { urgent }: Message): string[] {
  return urgent ? mobiles.split(/[ ,]+/).filter(Boolean) : [];
}
