import { loadEnvFile, readConfig } from './src/config.ts';
import { openDatabase } from './src/store/database.ts';

loadEnvFile();

/** For knex's own commands: `node --import tsx node_modules/knex/bin/cli.js migrate:list`. */
export default openDatabase(readConfig(process.env)).client.config;
