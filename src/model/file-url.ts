import { type AddressRules, judgeAddress } from './host-address.ts';

export type FileUrlRules = AddressRules & { allowInsecure: boolean };
export type FileUrlVerdict =
  | { ok: true; url: URL }
  | { ok: false; code: 'file_url' | 'file_url_scheme' | 'file_url_credentials' | 'file_url_address' };

/**
 * Judges from where a configuration file may be fetched (S62): https, or plain http where this installation accepts
 * it; no credentials in it; not this machine, nor an address that leads to nobody's machine.
 */
export function judgeFileUrl(text: string, rules: FileUrlRules): FileUrlVerdict {
  if (!URL.canParse(text) || /[\x00-\x20\x7f\\]/.test(text)) return { ok: false, code: 'file_url' };
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && rules.allowInsecure))
    return { ok: false, code: 'file_url_scheme' };
  if (url.username !== '' || url.password !== '') return { ok: false, code: 'file_url_credentials' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!judgeAddress(host, rules).ok) return { ok: false, code: 'file_url_address' };
  return { ok: true, url };
}
