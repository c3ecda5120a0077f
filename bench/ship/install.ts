import { command } from './commands.ts';

/** Installs Debian packages unless their program is there. @throws Error where that is not possible. */
export async function ensurePackages(program: string, packages: string[]): Promise<void> {
  if (await isThere(program)) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await command(['apt-get', 'update', '-q'], { env });
  await command(['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages], { env });
}

async function isThere(program: string): Promise<boolean> {
  const found = await command(['sh', '-c', `command -v ${program} || true`]);
  return found.trim() !== '';
}
