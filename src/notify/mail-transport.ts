import { connect, type Socket } from 'node:net';
import type SMTPTransport from 'nodemailer/lib/smtp-transport';
import { messageOf } from '../errors.ts';
import type { AddressRules } from '../model/host-address.ts';
import { type Answer, NotSent } from './channel.ts';
import { isRefusedAddress, judgedLookup } from './judged-lookup.ts';
import type { Mail } from './mail-text.ts';
import { refusedAddress } from './post.ts';

/** `ca`: certificates to trust instead of the system's, as PEM. `login` null: without one. */
export type MailServer = {
  host: string;
  port: number;
  mode: 'implicit' | 'starttls' | 'none';
  login: { user: string; password: string } | null;
  ca: string | null;
  rules: AddressRules;
  deadlineMs: number;
};

/**
 * Hands a mail to a server, which answers 250 when it has taken it upon itself. One deadline for all of it; without
 * the encryption that is asked for, and without the server's name in its certificate, nothing is sent.
 * @throws NotSent for good where the server answers 5xx (RFC 5321, 4.2.1)
 */
export async function sendMail(server: MailServer, mail: Mail): Promise<Answer> {
  // large, and for those who send mail alone
  const { createTransport } = await import('nodemailer');
  const deadline = AbortSignal.timeout(server.deadlineMs);
  try {
    const socket = await connected(server, deadline);
    try {
      const { urgent, ...message } = mail;
      const sent = await createTransport(optionsOver(socket, server)).sendMail({
        ...message,
        priority: urgent ? 'high' : 'normal',
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const missed = sent.rejected.map(String).join(', ');
      return {
        code: codeOf(sent.response),
        text: words(`${sent.response}${missed && ` (not to ${missed})`}`, server),
      };
    } finally {
      socket.destroy();
    }
  } catch (error) {
    if (isRefusedAddress(error)) throw refusedAddress();
    if (deadline.aborted) throw new NotSent('no answer in time', false);
    const { responseCode = null, code } = error as { responseCode?: number; code?: string };
    // 503: the talk went wrong, not the mail; and a server without encryption may have it again
    const about = responseCode !== 503 && code !== 'ETLS';
    const permanent = responseCode !== null && responseCode >= 500 && about;
    throw new NotSent(words(messageOf(error), server), permanent, responseCode);
  }
}

function connected({ host, port, rules }: MailServer, deadline: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup: judgedLookup(rules) });
    deadline.addEventListener('abort', () => socket.destroy(new Error('no answer in time')), { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function optionsOver(
  connection: Socket,
  { host, port, mode, login, ca, deadlineMs }: MailServer,
): SMTPTransport.Options {
  return {
    ...{
      host,
      port,
      secure: mode === 'implicit',
      requireTLS: mode === 'starttls',
      ignoreTLS: mode === 'none',
    },
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca !== null && { ca }) },
    ...{ connectionTimeout: deadlineMs, greetingTimeout: deadlineMs, socketTimeout: deadlineMs },
    ...(login && { auth: { user: login.user, pass: login.password }, forceAuth: true }),
    getSocket: (_options, done) => done(null, { connection }),
  };
}

function codeOf(response: string): number | null {
  const code = Number(response.slice(0, 3));
  return Number.isInteger(code) && code > 0 ? code : null;
}

/** What was said, in one line and without the password, should a server repeat it. */
function words(text: string, { login }: MailServer): string {
  const line = text.replace(/[\s\x00-\x1f]+/g, ' ').trim();
  return (login?.password ? line.replaceAll(login.password, '…') : line).slice(0, 300);
}
