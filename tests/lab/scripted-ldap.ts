import ldapjs from 'ldapjs';

/** What a scripted directory says to the search for a person. */
export type Script = {
  entries: { dn: string; attributes: Record<string, string | string[]> }[];
  referred?: boolean;
};

export type ScriptedLdap = {
  url: string;
  /** Names that were bound with, in order. */
  binds(): string[];
  stop(): Promise<void>;
};

/** A directory that takes every password and answers every search with the script, whatever was asked; attributes in small letters. */
export async function startScriptedLdap(script: Script): Promise<ScriptedLdap> {
  const server = ldapjs.createServer();
  const binds: string[] = [];
  server.bind('', (req: { dn: { toString(): string } }, res: Ending, next: () => void) => {
    binds.push(req.dn.toString());
    res.end();
    next();
  });
  server.search('', (_req: unknown, res: Answering, next: (error?: unknown) => void) => {
    if (script.referred) {
      res.end(10);
      return next();
    }
    for (const entry of script.entries) res.send(entry);
    res.end();
    next();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: server.url.replace(/\/$/, ''),
    binds: () => binds,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

type Ending = { end(status?: number): void };
type Answering = Ending & { send(entry: unknown): void };
