import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasText } from '../../src/i18n/index.ts';

const folder = join(import.meta.dirname, '../../src/supervisor');
const source = readdirSync(folder)
  .map((file) => readFileSync(join(folder, file), 'utf8'))
  .join('\n');

test('every code that this room gives a person has a text', () => {
  const problems = new Set(
    source.match(/(?<=')program_[a-z_]+(?=')/g)?.filter((code) => code !== 'program_name'),
  );
  expect(problems.size).toBeGreaterThan(10);
  for (const code of [
    ...problems,
    'program_command',
    'program_process_name',
    'program_directory',
    'program_environment',
  ])
    expect(hasText(`field.${code}`), code).toBe(true);
  const errors = new Set(source.match(/(?<=')supervisor_[a-z]+(?=')/g));
  expect(errors.size).toBeGreaterThan(6);
  for (const code of [...errors, 'program', 'template']) expect(hasText(`error.${code}`), code).toBe(true);
});
