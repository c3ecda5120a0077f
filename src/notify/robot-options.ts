import { z } from 'zod';
import type { Option } from '../model/option.ts';

const text = (most: number, pattern: RegExp, code: string) =>
  z.string().trim().max(most).regex(pattern, code);

/** A token, a key or a signing secret of a robot: signs of ASCII without spaces. */
export function secretOption(name: string, pattern = /^[\x21-\x7e]*$/): Option {
  return { name, kind: 'secret', schema: text(200, pattern, 'line'), initial: '' };
}

/** A word that a robot asks for in each message. */
export const keywordOption: Option = {
  ...{ name: 'keyword', kind: 'line', initial: '' },
  schema: text(64, /^[^\x00-\x1f\x7f]*$/, 'line'),
};

/** Phone numbers of people who are called by name for bad news. */
export const mobilesOption: Option = {
  ...{ name: 'mobiles', kind: 'line', initial: '' },
  schema: text(400, /^(\+?\d{5,20}([ ,]+\+?\d{5,20})*)?$/, 'mobiles'),
};
