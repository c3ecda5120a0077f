import { join } from 'node:path';
import type { Vault } from '../auth/vault.ts';
import { findIsolation } from '../builds/isolation/find.ts';
import { ReleasesFolder } from '../builds/releases-folder.ts';
import type { Config } from '../config.ts';
import { failpoints } from '../deploy/failpoint.ts';
import type { Tools } from '../deploy/tools.ts';
import { Mirrors } from '../git/mirrors.ts';
import { gitServerGrant } from '../git/server-grant.ts';
import { Guard } from '../shells/guard/guard.ts';
import { Bridge } from '../shells/ssh/bridge.ts';
import { KeyFolder } from '../shells/ssh/keys.ts';
import { SshPool } from '../shells/ssh/pool.ts';
import type { Db } from '../store/database.ts';
import { installationId } from '../store/facts.ts';
import * as sshKeys from '../store/ssh-keys.ts';

/** What operations and questions are worked with; the installation's own key is made and published by it. */
export async function makeTools(
  config: Config,
  db: Db,
  vault: Vault,
): Promise<{ tools: Tools; close: () => Promise<void> }> {
  const keys = new KeyFolder(join(config.dataDir, 'keys'), vault);
  const { line, fingerprint } = await keys.ensure('default');
  await sshKeys.publish(db, { name: 'default', publicKey: line, fingerprint });
  const { connectSeconds, commandSeconds, sshIdleSeconds: idleSeconds } = config;
  const pool = new SshPool({ keys, connectSeconds, idleSeconds, commandSeconds });
  const bridge = new Bridge(pool, join(config.dataDir, 'bridge'));
  await bridge.listen();
  const mirrors = new Mirrors({
    dir: join(config.dataDir, 'mirrors'),
    gitSeconds: config.gitSeconds,
    allowInsecure: config.allowInsecureGit,
    ssh: gitServerGrant(db, bridge),
  });
  const isolation = await findIsolation(config);
  const tools: Tools = {
    ...{ config, pool, bridge, mirrors, vault, isolation },
    guard: new Guard(pool, await installationId(db)),
    releases: new ReleasesFolder(join(config.dataDir, 'releases')),
    point: failpoints(process.env),
  };
  const close = async () => {
    await bridge.close();
    await pool.close();
  };
  return { tools, close };
}
