import http from 'node:http';

export type Answer = { status: number; headers: http.IncomingHttpHeaders; body: Buffer; ms: number };

/** Somebody with a browser and one connection; asks for compressed answers and does not unpack them. */
export class Visitor {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #address: string;
  #cookie = '';

  constructor(address: string) {
    this.#address = address;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#ask('GET', path, {
      Accept: 'text/html',
      'Accept-Encoding': 'gzip, deflate, br',
      ...headers,
    });
  }

  async signIn(username: string, password: string): Promise<this> {
    const page = await this.get('/sign-in', { 'Accept-Encoding': 'identity' });
    const token = /data-csrf="([^"]*)"/.exec(page.body.toString())?.[1] ?? '';
    const form = new URLSearchParams({ username, password, _csrf: token }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: this.#address };
    const answer = await this.#ask('POST', '/sign-in', headers, form);
    if (answer.status !== 303) throw new Error(`sign-in answered ${answer.status}: ${answer.body}`);
    return this;
  }

  get cookie(): string {
    return this.#cookie;
  }

  leave(): void {
    this.#agent.destroy();
  }

  #ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      const asked = http.request(`${this.#address}${path}`, {
        ...{ method, agent: this.#agent },
        headers: { ...headers, ...(this.#cookie && { Cookie: this.#cookie }) },
      });
      asked.on('error', reject).on('response', (response) => {
        const parts: Buffer[] = [];
        for (const cookie of response.headers['set-cookie'] ?? []) this.#cookie = cookie.split(';')[0] ?? '';
        response.on('data', (part) => parts.push(part)).on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers: said } = response;
          resolve({ status, headers: said, body: Buffer.concat(parts), ms: performance.now() - begun });
        });
      });
      asked.end(body);
    });
  }
}
