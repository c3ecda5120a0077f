import { afterAll } from 'vitest';
import { type Listener, type ListenerTimes, listen } from '../../src/web/listener.ts';
import type { Browser, Town } from '../web/people.ts';

const open: Listener[] = [];
afterAll(async () => {
  for (const listener of open) await listener.close();
});

/** A console on a port of its own: for requests as they come over a wire. It closes with the file's tests. */
export class House {
  readonly t: Town;
  readonly #listener: Listener;

  private constructor(t: Town, listener: Listener) {
    this.t = t;
    this.#listener = listener;
  }

  static async open(t: Town, times?: ListenerTimes): Promise<House> {
    const listener = await listen(t.app, '127.0.0.1', 0, times);
    open.push(listener);
    return new House(t, listener);
  }

  get address(): string {
    return this.#listener.address;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Asks as somebody whose browser is signed in; follows nobody. */
  async ask(path: string, init: RequestInit = {}, who: Browser | null = null): Promise<Response> {
    const headers = new Headers(init.headers);
    if (who) headers.set('Cookie', cookieOf(who));
    return fetch(this.address + path, { redirect: 'manual', ...init, headers });
  }
}

/** The cookies of a browser, for a request of one's own. */
export function cookieOf({ agent }: Browser): string {
  return agent.jar
    .getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false })
    .toValueString();
}
