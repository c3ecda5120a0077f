import { afterAll, beforeAll, expect, test } from 'vitest';
import * as environments from '../../src/store/environments.ts';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
import { projectFields } from './setup-forms.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
});
afterAll(() => t.end());

const golang = {
  ...{ type: 'golang', option_package: '.', option_config_git_url: '', option_config_branch: 'main' },
  option_config_folder: '',
};
const jar = {
  ...{ type: 'java-jar', option_maven_arguments: '-B package', option_jar: '', option_name: 'app.jar' },
  ...{ option_java_options: '', option_arguments: '' },
};
const custom = {
  ...{
    type: 'custom',
    option_start: './start.sh',
    option_stop: '',
    option_check: '',
    option_check_seconds: '30',
  },
  option_files: '',
};
const add = (over: Record<string, string>) =>
  t.admin.post('/projects', projectFields({ groupId: t.groupId, ...over }));

test.each([
  ['golang', golang, 'deploy-bin'],
  ['java-jar', jar, 'deploy-jar'],
  ['custom', custom, ''],
])(
  'the form of a %s project shows its options with their defaults, and nobody else’s',
  async (type, own, output) => {
    const { text } = await t.admin.get(`/projects/new?type=${type}`).expect(200);
    const shown = [...text.matchAll(/name="(option_\w+)"/g)].map(([, name]) => name).sort();
    expect(shown).toEqual(
      Object.keys(own)
        .filter((name) => name !== 'type')
        .sort(),
    );
    for (const [name, value] of Object.entries(own).filter(
      ([name, value]) => name !== 'type' && value !== '',
    ))
      expect(text, name).toContain(value);
    expect(text).toMatch(new RegExp(`id="f-output" name="output" type="text" [^>]*value="${output}"`));
    expect(text).toContain('id="f-stopSeconds"');
  },
);

test('what is typed into options is kept, and judged as the project’s own fields are', async () => {
  const url = 'git@git.example.com:ops/config.git';
  const options = { ...golang, option_package: './cmd/till', option_config_git_url: url };
  expect((await add({ ...options, name: 'go' })).status).toBe(303);
  expect(await projects.byKey(t.db, 'test_go')).toMatchObject({
    settings: {
      options: { package: './cmd/till', config_git_url: expect.stringContaining('git.example.com') },
    },
  });
  const files = '=== etc/a.conf\nport {{ process_port }}\n=== etc/b.conf\n';
  expect((await add({ ...custom, name: 'own', option_files: files })).status).toBe(303);
  const { settings } = (await projects.byKey(t.db, 'test_own'))!;
  expect(settings.options).toMatchObject({ start: './start.sh', files });
});

test.each([
  [{ ...golang, option_config_git_url: 'ext::sh -c touch% C' }, 'option_config_git_url'],
  [{ ...golang, option_config_git_url: 'https://169.254.169.254/x' }, 'option_config_git_url'],
  [{ ...golang, option_config_branch: '--upload-pack=x' }, 'option_config_branch'],
  [{ ...golang, option_config_folder: '../../etc' }, 'option_config_folder'],
  [{ ...golang, option_package: '-toolexec=/tmp/x' }, 'option_package'],
  [{ ...jar, option_jar: '/etc/x.jar' }, 'option_jar'],
  [{ ...jar, option_name: 'a/b.jar' }, 'option_name'],
  [{ ...jar, option_java_options: '-Dx=$(id)' }, 'option_java_options'],
  [{ ...jar, option_maven_arguments: 'package; touch C' }, 'option_maven_arguments'],
  [{ ...custom, option_start: '  ' }, 'option_start'],
  [{ ...custom, option_check_seconds: '0' }, 'option_check_seconds'],
  [{ ...custom, option_files: 'no path first' }, 'option_files'],
  [{ ...custom, option_files: '=== ../up\nx' }, 'option_files'],
  [{ ...custom, option_files: '=== a\nx\n=== a\ny' }, 'option_files'],
  [{ ...custom, option_files: '=== a\nx\n=== a/b\ny' }, 'option_files'],
])('%o is refused at its field', async (over, field) => {
  const refused = await add({ ...over, name: 'bad' });
  expect(refused.status).toBe(422);
  expect(refused.text).toMatch(new RegExp(`id="f-${field}"[^>]*is-invalid`));
  expect(refused.text.match(/is-invalid/g)).toHaveLength(1);
  expect(await projects.byKey(t.db, 'test_bad')).toBeNull();
});
