/** What is wrong with how a configuration of nginx hands requests to PHP: a code of `failure.<code>`, and where. */
export type FastcgiProblem = { code: 'nginx_no_php' | 'nginx_not_real' | 'nginx_braces'; name: string };

type Block = { parent: Block | null; params: Map<string, string> };

/** What must come from the real path, so that one request keeps to one release (nginx docs, $realpath_root). */
const NAMES = ['SCRIPT_FILENAME', 'DOCUMENT_ROOT'];

/** Files of Debian's and nginx's packages that hand over the path with the link in it. */
const PLAIN_INCLUDES: Record<string, string[]> = {
  'fastcgi.conf': NAMES,
  'fastcgi-php.conf': NAMES,
  fastcgi_params: ['DOCUMENT_ROOT'],
};

/** Null where every block that passes requests to PHP does it by the real path of the release. */
export function fastcgiProblem(text: string): FastcgiProblem | null {
  const passing = blocksOf(text);
  if (passing === null) return { code: 'nginx_braces', name: '' };
  if (passing.length === 0) return { code: 'nginx_no_php', name: 'fastcgi_pass' };
  for (const block of passing) {
    const params = paramsOf(block);
    const wrong = NAMES.find((name) => !/^\$realpath_root(?:[/$]|$)/.test(params.get(name) ?? ''));
    if (wrong) return { code: 'nginx_not_real', name: wrong };
  }
  return null;
}

/** nginx inherits fastcgi_param from the level above only where a level has none of its own. */
function paramsOf(block: Block): Map<string, string> {
  if (block.params.size > 0 || block.parent === null) return block.params;
  return paramsOf(block.parent);
}

/** The blocks with fastcgi_pass; null where the braces do not match. */
function blocksOf(text: string): Block[] | null {
  const passing: Block[] = [];
  let here: Block | null = block(null);
  let words: string[] = [];
  for (const [token] of text.matchAll(
    /#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\$\{\w+\}|[{};]|[^\s{};]+/g,
  )) {
    if (token.startsWith('#')) continue;
    if (token === '{') here = block(here);
    else if (token === '}') here = here.parent;
    else if (token === ';') {
      tell(here, words);
      if (words[0] === 'fastcgi_pass') passing.push(here);
    } else {
      words.push(token.replace(/^(["'])(.*)\1$/, '$2'));
      continue;
    }
    words = [];
    if (here === null) return null;
  }
  return here.parent === null ? passing : null;
}

function tell({ params }: Block, [name, first = '', second = '']: string[]): void {
  if (name === 'fastcgi_param') params.set(first, second);
  if (name !== 'include') return;
  for (const plain of PLAIN_INCLUDES[first.split('/').at(-1) ?? ''] ?? [])
    params.set(plain, '$document_root');
}

function block(parent: Block | null): Block {
  return { parent, params: new Map() };
}
