import { describe, expect, test } from 'vitest';
import { previewForHost, processNames, renderForHost } from '../../src/supervisor/render-for-host.ts';
import { aHost, aProject, sealed, vault } from './snapshots.ts';

describe('the program of a project on a host', () => {
  test.each([
    ['nodejs', 4000, 'command=node index.js --port=%(process_num)d'],
    ['python', 5000, 'command=python3 main.py --port=%(process_num)d'],
    ['sh', 7000, 'command=/bin/sh deploy_start.sh %(process_num)d'],
  ])('%s: its own template, from its port on', (type, port, command) => {
    const project = aProject({ type, port });
    const text = renderForHost(project, aHost(), vault);
    expect(text).toContain('[program:online_shop]\n');
    expect(text).toContain(`${command}\n`);
    expect(text).toContain('directory=/app/project/online_shop\n');
    expect(text).toContain(`numprocs=2\nnumprocs_start=${port}\n`);
    expect(text).toContain('/data/log/online_shop/%(program_name)s_%(process_num)d.log\n');
    expect(processNames(project, aHost())).toEqual([
      `online_shop:online_shop_${port}`,
      `online_shop:online_shop_${port + 1}`,
    ]);
  });

  test('sh without a port counts from 0', () => {
    const project = aProject({ type: 'sh', port: null });
    expect(processNames(project, aHost({ processes: 3 }))).toEqual([
      'online_shop:online_shop_0',
      'online_shop:online_shop_1',
      'online_shop:online_shop_2',
    ]);
  });

  test('static: none', () => {
    const project = aProject({ type: 'static', port: null });
    expect(renderForHost(project, aHost(), vault)).toBe('');
    expect(processNames(project, aHost())).toEqual([]);
  });

  test("a template of one's own names its processes", () => {
    const template = '[program:{{ key }}]\ncommand=x\nenvironment={{ env }}\n';
    expect(processNames(aProject({ template }), aHost({ processes: 1 }))).toEqual([
      'online_shop:online_shop',
    ]);
  });

  test("the host's variables win over the project's, and a preview may hide the secret ones", () => {
    const project = aProject({ env: [...sealed({ A: '1', B: '2' }), ...sealed({ KEY: 's3cret' }, true)] });
    const host = aHost({ env: sealed({ B: '50%off' }) });
    expect(renderForHost(project, host, vault)).toContain('environment=A="1",B="50%%off",KEY="s3cret"\n');
    const preview = previewForHost(project, host, vault, '***');
    expect(preview.problems).toEqual([]);
    expect(preview.text).toContain('KEY="***"');
    expect(preview.text).not.toContain('s3cret');
  });

  test('a program with problems never leaves; the message names the first', () => {
    const project = aProject({ template: '[program:x]\ncommand=x\n' });
    expect(() => renderForHost(project, aHost({ processes: 1 }), vault)).toThrow(
      expect.objectContaining({
        code: 'program',
        detail: { host: 'alpha', problem: 'program_none', line: 0 },
      }),
    );
  });

  test.each([
    '{{ unknown }}',
    '{{ key | nofilter }}',
    '{% include "/etc/passwd" %}',
    '{{ key.constructor }}',
    '{% if %}',
  ])('the template %j is refused by the sandbox', (template) => {
    expect(() => renderForHost(aProject({ template }), aHost(), vault)).toThrow(
      expect.objectContaining({ code: 'template' }),
    );
  });

  test('a template cannot run for ever', () => {
    const template = '{% for i in (1..1000000) %}{% for j in (1..1000000) %}x{% endfor %}{% endfor %}';
    expect(() => renderForHost(aProject({ template }), aHost(), vault)).toThrow(
      expect.objectContaining({ code: 'template' }),
    );
  });
});
