import { describe, expect, test } from 'vitest';
import { checkProgram } from '../../src/supervisor/program.ts';

const place = {
  key: 'online_shop',
  directory: '/app/project/online_shop',
  logDir: '/data/log/online_shop',
  processes: 2,
};
const good = `; a comment
[program:online_shop]
command=node index.js --port=%(process_num)d
directory=/app/project/online_shop
process_name=%(program_name)s_%(process_num)d
numprocs=2
numprocs_start=4000
environment=A="1",B='x;y',C=plain
autorestart=true
stopasgroup=true
killasgroup=true
stdout_logfile=/data/log/online_shop/%(program_name)s_%(process_num)d.log
stdout_logfile_maxbytes=50MB
`;

/** The codes and lines that a change of the good program brings. */
function problemsWith(...change: [RegExp | string, string]): string[] {
  const text = good.replace(...change);
  expect(text).not.toBe(good);
  return checkProgram(text, place).map(({ code, line }) => `${code}:${line}`);
}

describe('[S47] a program is refused', () => {
  test('not when it is good', () => {
    expect(checkProgram(good, place)).toEqual([]);
  });

  test.each([
    ['[eventlistener:x]'],
    ['[program:other]'],
    ['[include]'],
    ['[unix_http_server]'],
    ['[program:online_shop ]'],
    ['[program:Online_shop]'],
    ['[DEFAULT]'],
  ])('with another section %s', (section) => {
    expect(problemsWith(/$/, `${section}\n`)).toEqual(['program_section:14']);
  });

  test('with its section twice, missing, or options before it', () => {
    expect(problemsWith(/$/, '[program:online_shop]\n')).toEqual(['program_twice:14']);
    expect(problemsWith('[program:online_shop]\n', '')).toContain('program_none:0');
    expect(problemsWith(/^/, 'priority=1\n')).toEqual(['program_before_section:1']);
  });

  test.each([
    'user=root',
    'serverurl=http://x',
    'stdout_events_enabled=true',
    'files=/etc/*',
    '__proto__=1',
    'constructor=1',
  ])('with an option off the list: %s', (line) => {
    expect(problemsWith(/$/, `${line}\n`)).toEqual(['program_option:14']);
  });

  test('with an option twice', () => {
    expect(problemsWith(/$/, 'numprocs=2\n')).toEqual(['program_option_twice:14']);
  });

  test.each([
    [' user=root', 'program_line'],
    ['\tcontinued', 'program_line'],
    ['user:root', 'program_line'],
    ['USER=root', 'program_line'],
    ['priority', 'program_line'],
    ['priority=1\ruser=root', 'program_control'],
    ['priority=\x001', 'program_control'],
    ['\u00a0priority=1', 'program_line'],
  ])('with a line that readers might take differently: %j', (line, code) => {
    expect(problemsWith(/$/, `${line}\n`)).toEqual([`${code}:14`]);
  });

  test('with a comment that would cut a value', () => {
    expect(problemsWith('node index.js', 'sh -c "a ; b"')).toEqual(['program_comment:3']);
    expect(problemsWith('node index.js', 'node a\u3000# b')).toEqual(['program_comment:3']);
    expect(problemsWith('node index.js', 'sh -c "a; b#c"')).toEqual([]);
  });

  test.each(['0', '101', '100000', '-1', '2.0', '3', '1', 'two', ''])('with numprocs %j', (count) => {
    expect(problemsWith('numprocs=2', `numprocs=${count}`)).toContain('program_processes:6');
  });

  test('when several processes would share a name', () => {
    expect(problemsWith(/process_name=.*/, 'process_name=x')).toEqual(['program_process_names:5']);
    expect(problemsWith(/process_name=.*\n/, '')).toEqual(['program_process_names:0']);
    expect(problemsWith(/process_name=.*/, 'process_name=a:b_%(process_num)d')).toEqual([
      'program_process_name:5',
    ]);
    expect(problemsWith(/process_name=.*/, 'process_name=a/b_%(process_num)d')).toEqual([
      'program_process_name:5',
    ]);
    expect(problemsWith(/process_name=.*/, 'process_name=p%(process_num)02d')).toEqual([]);
  });

  test.each([
    '/data/log/online_other/x.log',
    '/data/log/online_shop',
    '/data/log/online_shop/../x.log',
    '/data/log/online_shop/sub/x.log',
    '/data/log/online_shop/.hidden',
    '/data/log/online_shop/%(here)s.log',
    '/data/log/online_shop/a b.log',
    'x.log',
    'syslog',
    '~/x.log',
    '/dev/stdout',
  ])('with the log file %s', (path) => {
    expect(problemsWith(/stdout_logfile=.*/, `stdout_logfile=${path}`)).toEqual(['program_log:12']);
    expect(problemsWith(/stdout_logfile=.*/, `stderr_logfile=${path}`)).toEqual(['program_log:12']);
  });

  test.each([
    '/app/project/online_other',
    '/app/project',
    '/app/project/online_shop/../x',
    '/',
    'online_shop',
    '%(here)s',
  ])('with the directory %s', (path) => {
    expect(problemsWith(/directory=.*/, `directory=${path}`)).toEqual(['program_directory:4']);
  });

  test('but not with a folder of its own release, or without a log', () => {
    expect(problemsWith(/directory=.*/, 'directory=/app/project/online_shop/bin')).toEqual([]);
    expect(problemsWith(/stdout_logfile=.*/, 'stdout_logfile=NONE')).toEqual([]);
  });

  test.each([
    '50%off',
    '%(ENV_HOME)s',
    '%(here)s',
    '%(process_num)s %',
    '%d',
    '%(process_num)999999999d',
    '%()s',
  ])('with %j in its command, which breaks the whole host', (word) => {
    expect(problemsWith('node index.js', `node ${word}`)).toEqual(['program_command:3']);
  });

  test('without a command', () => {
    expect(problemsWith(/command=.*\n/, '')).toEqual(['program_no_command:0']);
    expect(problemsWith(/command=.*/, 'command=')).toEqual(['program_command:3']);
  });

  test.each(['A', 'A="x', 'A="x"y', 'A="x" B="y"', 'A=50%off', 'A=a b', ',A="1"', 'A=""""', '1A="x"', 'A='])(
    'with the environment %j, which breaks the whole host',
    (line) => {
      expect(problemsWith(/environment=.*/, `environment=${line}`)).toEqual(['program_environment:8']);
    },
  );

  test.each(['', 'A="1",', 'A="1", B="2"', "A='%%'", 'A=/x/y.z'])('but not with %j', (line) => {
    expect(problemsWith(/environment=.*/, `environment=${line}`)).toEqual([]);
  });

  test.each([
    'startsecs=1s',
    'startsecs=99999',
    'priority=high',
    'autostart=maybe',
    'autorestart=always',
    'stopsignal=BOOM',
    'exitcodes=0,256',
    'umask=9',
    'stderr_logfile_maxbytes=lots',
    'stderr_logfile_backups=1000',
    'stopwaitsecs=0',
  ])('with %s', (line) => {
    expect(problemsWith('autorestart=true\n', `${line}\n`)).toEqual(['program_value:9']);
  });

  test('when its group is stopped but not killed', () => {
    expect(problemsWith('killasgroup=true', 'killasgroup=false')).toEqual(['program_value:11']);
  });

  test('with all its problems at once, in the order of the lines', () => {
    const text = good.replace('numprocs=2', 'numprocs=9').replace(/$/, 'user=root\n');
    expect(checkProgram(text, place)).toEqual([
      { code: 'program_processes', line: 6, detail: { option: 'numprocs', expected: 2, line: 6 } },
      { code: 'program_option', line: 14, detail: { option: 'user', line: 14 } },
    ]);
  });
});
