import http from 'node:http';

/** When lines of a kind were written, and how long after it they were here. */
export type Heard = (kind: string, afterMs: number) => void;

const STAMP = /stamp (\w) (\d{13})/g;

/** One browser's open stream of an operation. */
export class LogViewer {
  gaps = 0;
  /** Lines that it was told of. */
  lines = 0;
  ended = false;
  /** It does not read: its socket fills. */
  slow = false;
  #response: http.IncomingMessage | null = null;
  #rest = '';

  static open(address: string, cookie: string, operation: string, heard: Heard): Promise<LogViewer> {
    const viewer = new LogViewer();
    const headers = { Cookie: cookie, Accept: 'text/event-stream', 'Sec-Fetch-Site': 'same-origin' };
    return new Promise((resolve, reject) => {
      const asked = http.get(`${address}/operations/${operation}/events`, { headers, agent: false });
      asked.on('error', reject).on('response', (response) => {
        if (response.statusCode !== 200) return reject(new Error(`a stream answered ${response.statusCode}`));
        viewer.#response = response;
        response.setEncoding('latin1').on('data', (text: string) => viewer.#take(text, heard));
        response.on('error', () => undefined);
        resolve(viewer);
      });
    });
  }

  stall(): void {
    this.slow = true;
    this.#response?.pause();
  }

  readOn(): void {
    this.#response?.resume();
  }

  close(): void {
    this.#response?.destroy();
  }

  /** An event is looked at as soon as it is here as a whole. */
  #take(text: string, heard: Heard): void {
    const now = Date.now();
    const events = (this.#rest + text).split('\n\n');
    this.#rest = events.pop() ?? '';
    for (const event of events) {
      if (event.includes('stamp '))
        for (const [, kind, at] of event.matchAll(STAMP)) {
          this.lines += 1;
          heard(kind!, now - Number(at));
        }
      if (event.includes('event: gap\n')) this.gaps += 1;
      if (event.startsWith('event: end')) this.ended = true;
    }
  }
}
