import { type FakeAnswer, type FakeCall, FakeHttp } from './fake-http.ts';

/** The autotest service: it wants to be asked properly, and says what it was told to say. */
export class FakeAutotest extends FakeHttp {
  verdict: unknown = { data: 'pass' };
  readonly asked: { at: number; told: Record<string, unknown> }[] = [];

  protected answer({ method, path, headers, body, at }: FakeCall): FakeAnswer {
    const proper = method === 'POST' && path === '/run' && headers['content-type'] === 'application/json';
    if (!proper) return { status: 400, body: 'POST JSON to /run' };
    this.asked.push({ at, told: JSON.parse(body) as Record<string, unknown> });
    return { status: 200, body: JSON.stringify(this.verdict) };
  }
}
