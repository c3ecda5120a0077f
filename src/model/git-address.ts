import { CedarError } from '../errors.ts';
import { judgeAddress } from './host-address.ts';

/** Where a repository is. `url` is the one spelling by which it is fetched and by which its mirror is found. */
export type GitAddress = {
  url: string;
  kind: 'ssh' | 'https' | 'http' | 'file';
  /** `host:port`, as git servers are pinned; empty for files. */
  server: string;
  host: string;
  port: number;
  /** Empty where the address names none. */
  user: string;
  /** As the server is asked for it. */
  path: string;
};

export type GitAddressRules = {
  /** Plain http:// and file:// too. */
  allowInsecure: boolean;
  /** Servers on loopback addresses too. */
  allowLoopback?: boolean;
  /** Addresses of the product's own database and directory. */
  own?: readonly string[];
};

const MAX_LENGTH = 500;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
const PORTS = { ssh: 22, https: 443, http: 80, file: 0 };

/**
 * Reads a repository's address as a person typed it (S38): `https://host/path`, `ssh://[user@]host[:port]/path`,
 * `user@host:path`, and where it is allowed `http://` and `file:///path`.
 * @throws CedarError `git_url` (422); its detail's `reason` is shape, credentials, insecure, host, port, user or path.
 */
export function parseGitUrl(text: string, rules: GitAddressRules): GitAddress {
  if (text.length > MAX_LENGTH) throw refused('shape');
  const [, scheme = '', rest = ''] = /^(https|http|ssh|file):\/\/(.*)$/s.exec(text) ?? [];
  if (scheme === 'file') return file(rest, rules);
  if (scheme) return withScheme(scheme as 'ssh' | 'https' | 'http', rest, rules);
  return short(text, rules);
}

function file(path: string, rules: GitAddressRules): GitAddress {
  if (!rules.allowInsecure) throw refused('insecure');
  if (!path.startsWith('/')) throw refused('shape');
  return { url: `file://${checkedPath(path)}`, kind: 'file', server: '', host: '', port: 0, user: '', path };
}

const AUTHORITY = /^(?:([^@/]*)@)?(\[[^\]/]*\]|[^:@/[\]]*)(?::([^@/]*))?(\/.*)$/s;

function withScheme(kind: 'ssh' | 'https' | 'http', rest: string, rules: GitAddressRules): GitAddress {
  const [, login, name = '', portText, path = ''] = AUTHORITY.exec(rest) ?? [];
  if (path === '') throw refused('shape');
  if (kind === 'http' && !rules.allowInsecure) throw refused('insecure');
  if (login !== undefined && (kind !== 'ssh' || login.includes(':'))) throw refused('credentials');
  const host = checkedHost(name, rules);
  const port = portText === undefined ? PORTS[kind] : checkedPort(portText);
  const user = login === undefined ? '' : checkedUser(login);
  const place = `${bracketed(host)}${port === PORTS[kind] ? '' : `:${port}`}`;
  const url = `${kind}://${user ? `${user}@` : ''}${place}${checkedPath(path)}`;
  const asked = kind === 'ssh' && path.startsWith('/~') ? path.slice(1) : path;
  return { url, kind, server: `${bracketed(host)}:${port}`, host, port, user, path: asked };
}

/** `user@host:path`: the path counts from the user's home. */
function short(text: string, rules: GitAddressRules): GitAddress {
  const [, login = '', name = '', path = ''] = /^([^@:/]+)@([^@:/]+):([^:]+)$/s.exec(text) ?? [];
  if (path === '') throw refused('shape');
  const user = checkedUser(login);
  const host = checkedHost(name, rules);
  const url = `${user}@${host}:${checkedPath(path)}`;
  return { url, kind: 'ssh', server: `${host}:22`, host, port: 22, user, path };
}

function checkedHost(name: string, rules: GitAddressRules): string {
  const bare = name.startsWith('[') ? name.slice(1, -1) : name;
  const verdict = judgeAddress(bare, { allowLoopback: rules.allowLoopback ?? false, own: rules.own ?? [] });
  if (!verdict.ok) throw refused('host');
  return verdict.address;
}

function checkedPort(text: string): number {
  const port = Number(text);
  if (!/^[1-9]\d{0,4}$/.test(text) || port > 65_535) throw refused('port');
  return port;
}

function checkedUser(text: string): string {
  if (!USER.test(text)) throw refused('user');
  return text;
}

/** No part of a path may look like an option, lead upwards, or mean anything to a shell. */
function checkedPath(path: string): string {
  const parts = path.replace(/^\//, '').replace(/\/$/, '').split('/');
  const isFine = (part: string) => /^[A-Za-z0-9._~+@-]+$/.test(part) && !/^(?:-|\.{1,2}$)/.test(part);
  if (!parts.every(isFine)) throw refused('path');
  return path;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function refused(reason: string): CedarError {
  return new CedarError('git_url', { reason }, 422);
}
