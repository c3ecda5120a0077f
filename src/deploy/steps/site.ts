import { optionValues } from '../../model/option.ts';
import { webAddress } from '../../model/web-options.ts';
import { typeOf } from '../../project-types/index.ts';
import { StepFailed } from '../failure.ts';
import { httpGet } from '../http-get.ts';
import { retried } from '../retried.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Asks the machine's web server for the project's page until it answers as expected. */
export const site: Step<HostStepContext> = {
  async run(context) {
    const { tools, host, snapshot, log } = context;
    const { type, settings } = snapshot.project;
    const address = webAddress(optionValues(typeOf(type).options, settings.options));
    if (address === null) return { state: 'skipped', evidence: {} };
    const { code } = settings.checks;
    const url = `http://${address.hostName || host.address}:${address.port}${address.path}`;
    const problem = await retried(
      context,
      tools.config.httpTries,
      tools.config.httpEverySeconds,
      async () => {
        const headers: Record<string, string> = address.hostName ? { Host: address.hostName } : {};
        const answer = await httpGet(host.address, address.port, address.path, headers);
        return answer.status === code ? null : `${answer.status ?? ''} ${answer.problem}`.trim();
      },
    );
    log.line(`GET ${url}: ${problem ?? code}`);
    if (problem === null) return { evidence: { url, code } };
    const detail = { host: host.name, port: address.port, path: address.path, code, problem };
    throw new StepFailed('site_check', detail);
  },
};
