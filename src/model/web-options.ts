import { z } from 'zod';
import type { Option } from './option.ts';

const WORD = '[A-Za-z0-9_@%+=:,./-]+';

/** The words of a command, separated by spaces; never a shell's text. */
export const commandWords = z
  .string()
  .trim()
  .max(500)
  .regex(new RegExp(`^(?:${WORD}(?: +${WORD}){0,11})?$`), 'words');

const port = z
  .string()
  .trim()
  .regex(/^(?:[1-9]\d{0,4})?$/, 'number')
  .refine((text) => Number(text) <= 65_535, 'port_number');

const hostName = z
  .string()
  .trim()
  .max(253)
  .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)?$/, 'host_name');

const path = z
  .string()
  .trim()
  .max(300)
  .regex(/^\/(?!\/)[A-Za-z0-9_./~%&=?+,:@-]*$/, 'http_path');

/** What is asked of a project that a web server of the machine serves: how it is reloaded, and where it answers. */
export const webOptions: readonly Option[] = [
  { name: 'reload', kind: 'line', schema: commandWords, initial: '' },
  { name: 'web_port', kind: 'number', schema: port, initial: '' },
  { name: 'web_host', kind: 'line', schema: hostName, initial: '' },
  { name: 'web_path', kind: 'line', schema: path, initial: '/' },
];

/** An address of the project as its web server on a host gives it; null: nobody is asked. */
export type WebAddress = { port: number; hostName: string; path: string } | null;

/** What the options say. */
export function webAddress(options: Record<string, string>): WebAddress {
  if (!options.web_port) return null;
  return { port: Number(options.web_port), hostName: options.web_host ?? '', path: options.web_path || '/' };
}

/** A command as its words. */
export function wordsOf(text: string): string[] {
  return text.split(' ').filter(Boolean);
}
