import { expect, test } from 'vitest';
import { fastcgiProblem } from '../../src/model/nginx-fastcgi.ts';

const good =
  'fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name; fastcgi_param DOCUMENT_ROOT $realpath_root;';
const codeOf = (text: string) => {
  const problem = fastcgiProblem(text);
  return problem && `${problem.code} ${problem.name}`.trim();
};

test.each([
  [`location / { fastcgi_pass x; ${good} }`, null],
  [`location / { include /etc/nginx/fastcgi_params; fastcgi_pass x; ${good} }`, null],
  [`server { ${good} location ~ "\\.php{1}$" { fastcgi_pass x; } } # }`, null],
  [
    `fastcgi_pass x; fastcgi_param SCRIPT_FILENAME '$realpath_root/index.php'; fastcgi_param DOCUMENT_ROOT $realpath_root;`,
    null,
  ],
  ['location / { root /srv; }', 'nginx_no_php fastcgi_pass'],
  [`location / { # fastcgi_pass x;\n ${good} }`, 'nginx_no_php fastcgi_pass'],
  [`location / { ${good} fastcgi_pass x; include fastcgi_params; }`, 'nginx_not_real DOCUMENT_ROOT'],
  [
    `location / { ${good} fastcgi_pass x; include snippets/fastcgi-php.conf; }`,
    'nginx_not_real SCRIPT_FILENAME',
  ],
  [`server { ${good} location / { fastcgi_pass x; fastcgi_param A b; } }`, 'nginx_not_real SCRIPT_FILENAME'],
  [
    `location /a { fastcgi_pass x; ${good} } location /b { fastcgi_pass x; }`,
    'nginx_not_real SCRIPT_FILENAME',
  ],
  [`location / { fastcgi_pass x; #${good}\n }`, 'nginx_not_real SCRIPT_FILENAME'],
  [
    `location / { fastcgi_pass x; fastcgi_param SCRIPT_FILENAME $realpath_rooted/x; }`,
    'nginx_not_real SCRIPT_FILENAME',
  ],
  ['location / { fastcgi_pass x;', 'nginx_braces'],
  ['} fastcgi_pass x;', 'nginx_braces'],
])('%s', (text, problem) => {
  expect(codeOf(text)).toBe(problem);
});
