import { expect, test } from 'vitest';
import { convertTemplate } from '../../src/original/template.ts';
import { readVariables } from '../../src/original/variables.ts';

const known = { $HOST_PATH$: '/app/web/', $USER$: 'work', $environment$: 'online', $project$: 'shop' };

test('places become ours, the environment becomes variables, and what may not be set is left out', () => {
  const text = [
    '[program:$environment$_$project$]',
    'environment=HOME=/home/$USER$,PROJECT_ENV="$environment$",lower=1,$env$',
    'directory=$HOST_PATH$$environment$_$project$/',
    'command=/usr/bin/node $HOST_PATH$$environment$_$project$/index.js --port=%(process_num)d',
    'user=$USER$',
    'loglevel=info',
    'stdout_logfile=$supervisor_log_path$/%(program_name)s.log',
    'numprocs = $pnum$',
    'numprocs_start=$port$',
  ].join('\r\n');
  expect(convertTemplate(text, known)).toEqual({
    template: [
      '[program:{{ key }}]',
      'environment={{ env }}',
      'directory={{ host_path }}/{{ environment }}_{{ project }}',
      'command=/usr/bin/node {{ host_path }}/{{ environment }}_{{ project }}/index.js --port=%(process_num)d',
      'stdout_logfile={{ log_dir }}/%(program_name)s.log',
      'numprocs={{ processes }}',
      'numprocs_start={{ first }}',
      '',
    ].join('\n'),
    variables: [
      { name: 'HOME', value: '/home/work' },
      { name: 'PROJECT_ENV', value: 'online' },
    ],
    dropped: ['lower', 'user', 'loglevel'],
  });
});

test.each([
  ['another section', '[program:a]\n[eventlistener:x]\ncommand=id'],
  ['a place that nobody knows', '[program:a]\ncommand=$whatever$'],
  ['words of our own templates', '[program:a]\ncommand={{ key }}'],
  ['an environment that cannot be read', '[program:a]\nenvironment=A="x'],
])('cannot be rewritten: %s', (_, text) => {
  expect(convertTemplate(text, known)).toBeNull();
});

test('variables are read as supervisor writes them', () => {
  expect(readVariables(`A=1, B="x,y",C='50%%' ,`)).toEqual({
    variables: [
      { name: 'A', value: '1' },
      { name: 'B', value: 'x,y' },
      { name: 'C', value: '50%' },
    ],
    strange: [],
  });
  expect(readVariables('')).toEqual({ variables: [], strange: [] });
  expect(readVariables('nothing')).toBeNull();
});
