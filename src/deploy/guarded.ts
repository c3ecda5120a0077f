import { type ActionName, actionText } from '../shells/guard/action.ts';
import type { GuardedResult } from '../shells/guard/guard.ts';
import { OutcomeUnknown } from '../shells/guard/guard-error.ts';
import { StepFailed } from './failure.ts';
import type { HostStepContext } from './step.ts';

type GuardedAction = {
  name: ActionName;
  args: string[];
  input?: string | Buffer;
  timeoutSeconds?: number;
  part?: string;
};

/**
 * Runs one action of a step on its host under the guard; its output goes to the step's log. A step with several
 * actions tells them apart by `part`.
 * @throws StepFailed `action_<name>` for any exit code that `accept` does not name; OutcomeUnknown after its time-out
 */
export async function guarded(
  context: HostStepContext,
  action: GuardedAction,
  accept = [0],
): Promise<GuardedResult> {
  const { tools, host, snapshot, lease, row, log, operation } = context;
  const place = row.stepKey.replaceAll(/[^A-Za-z0-9]/g, '_');
  const result = await tools.guard.run(host, {
    projectKey: snapshot.project.key,
    fence: lease.fence,
    key: `${operation.id}.${place}.${action.name}${action.part ? `.${action.part}` : ''}.${row.attempt}`,
    action: actionText(action.name, action.args),
    input: action.input,
    timeoutSeconds: action.timeoutSeconds ?? tools.config.commandSeconds,
  });
  if (result.out) log.output(Buffer.from(result.out.endsWith('\n') ? result.out : `${result.out}\n`));
  if (result.rc === 124 || result.rc === 137) throw new OutcomeUnknown(host.name, result.at);
  if (!accept.includes(result.rc)) {
    const detail = { host: host.name, code: result.rc };
    throw new StepFailed(`action_${action.name}`, detail, { exitCode: result.rc, tail: result.out });
  }
  return result;
}
