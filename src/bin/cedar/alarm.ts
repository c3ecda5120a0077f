import { alarmPass } from '../../alarms/pass.ts';
import { rulesOf } from '../../alarms/watch.ts';
import { BadSettings, loadEnvFile, readConfig } from '../../config.ts';
import { messageOf } from '../../errors.ts';
import { openDatabase } from '../../store/database.ts';
import { CommandFailed } from './exit.ts';
import type { Output } from './output.ts';

/**
 * One pass over what the sweeps recorded, in the database that the settings of the processes name. Workers send what
 * it writes. May run beside any other.
 * @throws CommandFailed `usage` for wrong settings, `unreachable` where the database does not answer
 */
export async function alarmOnce(output: Output): Promise<void> {
  const config = settings();
  const db = openDatabase(config);
  try {
    const done = await alarmPass(db, rulesOf(config));
    output.value(done);
    output.say(
      `Alarms open: ${done.open}, new: ${done.opened}, ended: ${done.ended}; messages: ${done.messages}.`,
    );
  } catch (error) {
    throw new CommandFailed('unreachable', `The database did not answer: ${messageOf(error)}`);
  } finally {
    await db.destroy();
  }
}

function settings() {
  try {
    loadEnvFile();
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof BadSettings) throw new CommandFailed('usage', error.message);
    throw error;
  }
}
