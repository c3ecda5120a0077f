import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { look } from '../../src/supervisor/look.ts';
import { renderForHost } from '../../src/supervisor/render-for-host.ts';
import { SupervisorRpc } from '../../src/supervisor/rpc.ts';
import { layProject, reachableHost, writeProgram } from './host.ts';
import { aProject, sealed, vault } from './snapshots.ts';

const values: Record<string, string> = {
  EMPTY: '',
  PLAIN: 'plain',
  SPACES: '  two  spaces  ',
  PERCENT: '50%off %d %% %(here)s %(ENV_HOME)s %(program_name)s %s',
  HERE: '%(here)s',
  SEMICOLON: 'a;b ; c ;d',
  SEMICOLON_FIRST: ';x',
  HASH: 'a#b # c',
  WIDE_SPACE: 'a\u3000;b\u00a0#c\u2003; \u0085; x',
  COMMA: 'a,b,C=d,',
  EQUALS: '=a=b=',
  DOUBLE: 'say "hi" now',
  SINGLE: "it's",
  DOUBLE_AROUND: '"quoted"',
  SINGLE_AROUND: "'quoted'",
  DOUBLE_LAST: 'ends with "',
  BOTH: `{"it's": "50%; #1 \\"x\\""} $(touch /tmp/x) \`id\` $HOME \\0041 \\\\ \\n %(here)s 中文`,
  ONLY_QUOTES: `"'"'`,
  BACKSLASH: 'C:\\dir\\ \\" \\\\',
  BACKSLASH_LAST: 'ends with \\',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's, not ours
  DOLLAR: '$HOME ${PATH} $(id) `id` !x *',
  UNICODE: '中文 ünï 🚀 \u2028 end',
  BRACKETS: '[program:x] {{ key }} {% if %} <&>',
  LONG: 'x'.repeat(8000),
};

const program = `
const fs = require('fs');
const names = process.argv[2].split(',');
const seen = Object.fromEntries(names.map((name) => [name, process.env[name]]));
fs.writeFileSync('seen.tmp', JSON.stringify({ seen, argv: process.argv.slice(2) }));
fs.renameSync('seen.tmp', 'seen.json');
setInterval(() => {}, 1000);
`;

test('[S46] a program under real supervisord sees the exact bytes of every value', async () => {
  const { machine, host, pool, target, access } = await reachableHost();
  const names = Object.keys(values).join(',');
  const template = `[program:{{ key }}]\ncommand=node show.js ${names} "a b" --port=%(process_num)d\ndirectory={{ directory }}\nnumprocs_start={{ first }}\nenvironment={{ env }}\n`;
  const project = aProject({ template, env: sealed(values) });
  const dir = layProject(machine, project.key, { 'show.js': program });
  writeProgram(machine, project.key, renderForHost(project, { ...host, processes: 1 }, vault));

  const rpc = new SupervisorRpc(pool, target, access);
  expect(await rpc.reread()).toEqual({ added: [project.key], changed: [], removed: [] });
  const update = await pool.exec(target, [...access.ctl, 'update', project.key]);
  expect(update.code, update.stdout).toBe(0);
  await until('the program ran', () => existsSync(join(dir, 'seen.json')));
  const { seen, argv } = JSON.parse(readFileSync(join(dir, 'seen.json'), 'utf8'));
  expect(seen).toEqual(values);
  expect(argv).toEqual([names, 'a b', '--port=4000']);
  const [process] = (await look(pool, target, access)).processes;
  const arguments_ = readFileSync(`/proc/${process?.pid}/cmdline`, 'utf8');
  expect(arguments_.startsWith('node\0show.js\0')).toBe(true);
});
