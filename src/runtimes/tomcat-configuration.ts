import { createHash } from 'node:crypto';
import { XMLValidator } from 'fast-xml-parser';
import type { Vault } from '../auth/vault.ts';
import { CedarError } from '../errors.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { optionValues } from '../model/option.ts';
import { typeOf } from '../project-types/index.ts';
import { tomcatPorts } from '../project-types/java-tomcat.ts';
import { quote } from '../shells/ssh/quote.ts';
import { renderProgram } from '../supervisor/template.ts';
import { programVariables, variablesInForce } from '../supervisor/variables.ts';

/** Where a project's Tomcat is on a host. `live` is the project's link, `home` the standard empty Tomcat. */
export type TomcatPlace = { base: string; home: string; logs: string; live: string };

/** What is written for a project's Tomcat. */
export type TomcatFiles = { serverXml: string; setenv: string };

export function tomcatPlace({ key, settings, type }: ProjectSnapshot, host: HostSnapshot): TomcatPlace {
  const { hostPath, logPath } = host.settings;
  return {
    base: `${hostPath}/.cedar/${key}/tomcat`,
    home: optionValues(typeOf(type).options, settings.options).home ?? '',
    logs: `${logPath}/${key}`,
    live: `${hostPath}/${key}`,
  };
}

/**
 * server.xml and setenv.sh of a project for one host, from the texts in its options.
 * @throws CedarError `template` (Liquid refused one), `server_xml` (it is not XML, or has no Server), `tomcat_ports`
 */
export function tomcatFiles(project: ProjectSnapshot, host: HostSnapshot, vault: Vault): TomcatFiles {
  const options = optionValues(typeOf(project.type).options, project.settings.options);
  const { ajp, shutdown } = tomcatPorts(project.port ?? 0);
  if (ajp < 1) throw new CedarError('tomcat_ports', { port: project.port ?? 0 }, 422);
  const { base, home, logs, live } = tomcatPlace(project, host);
  const { env: _, ...common } = programVariables(project, host, []);
  const own = { ajp: options.ajp ?? '', ajp_port: ajp, shutdown_port: shutdown };
  const variables = { ...common, ...own, base, home, log_dir: logs, directory: live };
  const serverXml = renderProgram(options.server_xml ?? '', variables);
  refuseWrongXml(serverXml);
  const setenv = renderProgram(options.setenv ?? '', variables);
  return { serverXml, setenv: `${setenv.trimEnd()}\n${exports(project, host, vault)}` };
}

function refuseWrongXml(text: string): void {
  const judged = XMLValidator.validate(text);
  if (judged !== true)
    throw new CedarError('server_xml', { line: judged.err.line, problem: judged.err.msg.slice(0, 200) }, 422);
  if (!/<Server[\s>]/.test(text)) throw new CedarError('server_xml', { line: 1, problem: '<Server>' }, 422);
}

/** The project's variables, the host's winning, as a shell takes them whatever is in them. */
function exports(project: ProjectSnapshot, host: HostSnapshot, vault: Vault): string {
  const lines = variablesInForce(project.env, host.env).map(
    ({ name, value }) => `${name}=${quote([vault.open(value)])}\nexport ${name}\n`,
  );
  return lines.length === 0 ? '' : `# Variables of the project and of this host.\n${lines.join('')}`;
}

/** What the host's own digest of these files must be, see tomcat-look.sh. */
export function tomcatDigest({ serverXml, setenv }: TomcatFiles, home: string): string {
  return createHash('sha256').update(`${serverXml}${setenv}${home}\n`).digest('hex');
}
