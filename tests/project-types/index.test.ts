import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultProjectSettings, projectSettingsSchema } from '../../src/model/project.ts';
import { isSupervised, projectTypes, typeOf } from '../../src/project-types/index.ts';

const folder = join(import.meta.dirname, '../../src/project-types');
const templates = join(import.meta.dirname, '../../templates');

describe('project types', () => {
  test('every file of the folder is listed, and every template belongs to a type', () => {
    const files = readdirSync(folder).filter((file) => !['index.ts', 'project-type.ts'].includes(file));
    expect(projectTypes.map((type) => `${type.name}.ts`).sort()).toEqual(files.sort());
    const own = projectTypes
      .filter((type) => type.template !== null)
      .map((type) => `${type.name}.conf.liquid`);
    expect(
      readdirSync(templates)
        .filter((file) => file.endsWith('.conf.liquid'))
        .sort(),
    ).toEqual(own.sort());
  });

  test('a type is supervised exactly when it has a template', () => {
    for (const type of projectTypes) expect(type.template !== null, type.name).toBe(isSupervised(type));
  });

  test('a type without a port neither needs nor checks one', () => {
    for (const type of projectTypes.filter((candidate) => !candidate.usesPort)) {
      expect(type.needsPort).toBe(false);
      expect(type.defaultChecks).toMatchObject({ port: false, http: false });
    }
  });

  test('the default checks pass the form', () => {
    for (const type of projectTypes) {
      const checks = { ...defaultProjectSettings.checks, ...type.defaultChecks };
      expect(projectSettingsSchema.shape.checks.parse(checks)).toEqual(checks);
    }
  });

  test('the first values of the options pass the form', () => {
    for (const type of projectTypes)
      for (const { name, initial, schema } of type.options)
        expect(schema.safeParse(initial).success, `${type.name}.${name}`).toBe(true);
  });

  test('an unknown type is refused', () => {
    expect(typeOf('sh').name).toBe('sh');
    expect(() => typeOf('constructor')).toThrow('project_type');
  });
});
