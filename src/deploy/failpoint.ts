import { appendFileSync } from 'node:fs';

/**
 * The points of the fault tests. CEDAR_FAIL names one, `<step>@<host>:<when>`, at which this process sends itself
 * CEDAR_FAIL_SIGNAL (SIGKILL unless told); CEDAR_FAIL_TRACE names a file to which every point that is passed is written.
 * Both count in tests alone (NODE_ENV=test); anywhere else nothing happens.
 */
export function failpoints(env: NodeJS.ProcessEnv): (name: string) => void {
  const { CEDAR_FAIL: fatal, CEDAR_FAIL_SIGNAL: signal = 'SIGKILL', CEDAR_FAIL_TRACE: trace } = env;
  if (env.NODE_ENV !== 'test' || (!fatal && !trace)) return () => undefined;
  return (name) => {
    if (trace) appendFileSync(trace, `${name}\n`);
    if (name === fatal) process.kill(process.pid, signal);
  };
}
