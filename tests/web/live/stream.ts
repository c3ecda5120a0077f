import { type ClientRequest, get, type IncomingMessage } from 'node:http';

export type LiveEvent = { name: string; id: number | null; data: unknown; at: number };

/** A reader of server-sent events, as a browser's EventSource but without coming again by itself. */
export class Reader {
  readonly events: LiveEvent[] = [];
  status = 0;
  headers: IncomingMessage['headers'] = {};
  closed = false;
  #request: ClientRequest;
  #response: IncomingMessage | null = null;
  #text = '';

  constructor(url: string, headers: Record<string, string>) {
    this.#request = get(url, { headers: { Accept: 'text/event-stream', ...headers } }, (response) => {
      this.status = response.statusCode ?? 0;
      this.headers = response.headers;
      this.#response = response;
      response.setEncoding('utf8');
      response.on('data', (text: string) => this.#take(text));
      response.on('close', () => {
        this.closed = true;
      });
    });
    this.#request.on('error', () => {
      this.closed = true;
    });
  }

  /** Stops taking bytes, as a reader on a bad line does. */
  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  end(): void {
    this.#request.destroy();
  }

  named(name: string): LiveEvent[] {
    return this.events.filter((event) => event.name === name);
  }

  /** The texts of the log events, put together. */
  get log(): string {
    return this.named('log')
      .map((event) => (event.data as { text: string }).text)
      .join('');
  }

  #take(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf('\n\n'); end >= 0; end = this.#text.indexOf('\n\n')) {
      this.#event(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 2);
    }
  }

  #event(text: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? null;
    const [name, id] = [field('event'), field('id')];
    if (name === null) this.events.push({ name: 'comment', id: null, data: text, at: Date.now() });
    else
      this.events.push({
        name,
        id: id === null ? null : Number(id),
        data: JSON.parse(field('data') ?? 'null'),
        at: Date.now(),
      });
  }
}

/** Waits until something is so. @throws after ten seconds. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
