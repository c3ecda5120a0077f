import { fastcgiProblem } from '../model/nginx-fastcgi.ts';
import { optionValues } from '../model/option.ts';
import { typeOf } from '../project-types/index.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { StepFailed } from './failure.ts';
import type { HostStepContext } from './step.ts';

/** How no request sees two releases must be proven before anything is changed. @throws StepFailed */
export async function phpFits(context: HostStepContext): Promise<Record<never, never>> {
  if (context.operation.kind === 'stop') return {};
  const { type, settings } = context.snapshot.project;
  const options = optionValues(typeOf(type).options, settings.options);
  if (options.one_release === 'fpm') await masterIsThere(context, options.fpm_pid ?? '');
  else await realPathIsPassed(context, options.nginx_conf ?? '');
  return {};
}

async function realPathIsPassed(
  { tools, host, snapshot, log }: HostStepContext,
  path: string,
): Promise<void> {
  if (path === '') throw new StepFailed('php_unproven', { host: host.name });
  const { code, stdout, stderr } = await tools.pool.exec(targetOf(host), ['cat', '--', path]);
  const detail = { host: host.name, path };
  if (code !== 0) throw new StepFailed('nginx_unread', detail, { tail: stderr });
  const live = `${host.settings.hostPath}/${snapshot.project.key}`;
  if (!stdout.includes(live)) throw new StepFailed('nginx_other', { ...detail, live });
  const problem = fastcgiProblem(stdout);
  if (problem) throw new StepFailed(problem.code, { ...detail, name: problem.name });
  log.line(`${path} hands over the real path of the release`);
}

/** Prints the pid that a file names, where it is a php-fpm master. */
const MASTER = `pid=$(cat -- "$1") || exit 1
case $pid in '' | *[!0-9]*) exit 1 ;; esac
grep -qz '^php-fpm: master process' "/proc/$pid/cmdline" && echo "$pid"`;

async function masterIsThere({ tools, host, log }: HostStepContext, path: string): Promise<void> {
  if (path === '') throw new StepFailed('php_unproven', { host: host.name });
  const { stdout, stderr } = await tools.pool.exec(targetOf(host), ['sh', '-c', MASTER, 'cedar', path]);
  const pid = stdout.trim();
  if (!/^\d+$/.test(pid)) throw new StepFailed('no_fpm', { host: host.name, path }, { tail: stderr });
  log.line(`php-fpm's master is process ${pid}`);
}
