import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPage } from './settings-table.ts';

/* `npm run docs:settings`: writes docs/settings.md anew from the schema. */
writeFileSync(join(import.meta.dirname, '../../docs/settings.md'), settingsPage());
