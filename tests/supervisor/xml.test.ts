import { describe, expect, test } from 'vitest';
import { decodeAnswer, encodeCall, XmlFault } from '../../src/supervisor/xml.ts';

const answer = (value: string) =>
  `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>${value}</value>\n</param>\n</params>\n</methodResponse>\n`;

describe('XML-RPC', () => {
  test('a call carries strings, integers and booleans, escaped', () => {
    expect(encodeCall('supervisor.x', ['a<&>b', 5, true, ['z'], { k: 1 }])).toBe(
      '<?xml version="1.0"?><methodCall><methodName>supervisor.x</methodName><params>' +
        '<param><value><string>a&lt;&amp;&gt;b</string></value></param><param><value><int>5</int></value></param>' +
        '<param><value><boolean>1</boolean></value></param>' +
        '<param><value><array><data><value><string>z</string></value></data></array></value></param>' +
        '<param><value><struct><member><name>k</name><value><int>1</int></value></member></struct></value></param>' +
        '</params></methodCall>',
    );
  });

  test('an answer keeps white space, entities and empty strings as they are', () => {
    expect(decodeAnswer(answer('<string>  a &lt;b&gt; &amp;amp; &#20013;\n</string>'))).toBe(
      '  a <b> &amp; 中\n',
    );
    expect(decodeAnswer(answer('<string></string>'))).toBe('');
    expect(decodeAnswer(answer('plain'))).toBe('plain');
    expect(decodeAnswer(answer('<string>007</string>'))).toBe('007');
  });

  test('arrays and structs nest, and an empty or a single item stays a list', () => {
    const list = (inner: string) => `<array><data>\n${inner}\n</data></array>`;
    const item = (inner: string) => `<value>${inner}</value>`;
    expect(decodeAnswer(answer(list('')))).toEqual([]);
    expect(decodeAnswer(answer('<array><data/></array>'))).toEqual([]);
    expect(decodeAnswer(answer(list(item(list(item('<string>a</string>'))))))).toEqual([['a']]);
    const struct =
      '<struct><member><name>pid</name><value><int>12</int></value></member>' +
      '<member><name>up</name><value><boolean>0</boolean></value></member></struct>';
    expect(decodeAnswer(answer(list(item(struct) + item(struct))))).toEqual([
      { pid: 12, up: false },
      { pid: 12, up: false },
    ]);
  });

  test('a fault is thrown with its code', () => {
    const text =
      '<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>92</int></value></member>' +
      '<member><name>faultString</name><value><string>CANT_REREAD: bad</string></value></member></struct></value></fault></methodResponse>';
    expect(() => decodeAnswer(text)).toThrow(XmlFault);
    expect(() => decodeAnswer(text)).toThrow('CANT_REREAD: bad');
  });

  test('what is no answer is refused', () => {
    expect(() => decodeAnswer('<html><body>no</body></html>')).toThrow();
    expect(() => decodeAnswer('')).toThrow();
    expect(() => decodeAnswer(answer('<odd>1</odd>'))).toThrow('odd');
  });

  test.each([
    ['a declaration', '<!DOCTYPE a [<!ENTITY b "c">]><methodResponse></methodResponse>'],
    ['a comment', answer('<!-- x --><int>1</int>')],
    ['a section', answer('<string><![CDATA[x]]></string>')],
    ['an attribute', answer('<int a="b">1</int>')],
    ['an end too early', answer('<string>x</string>').slice(0, -30)],
    ['another end', answer('<array><data><value>a</array></data></value>')],
    ['no end at all', '<methodResponse><params><param><value><array><data><value>'],
    ['a depth that nobody needs', answer('<array><data><value>'.repeat(50_000))],
  ])('%s is refused', (_what, text) => {
    expect(() => decodeAnswer(text)).toThrow();
  });

  test('a member may have any name', () => {
    const named = answer(
      '<struct><member><name>__proto__</name><value><int>1</int></value></member></struct>',
    );
    expect(Object.entries(decodeAnswer(named))).toEqual([['__proto__', 1]]);
  });

  test('ten thousand entities are no trouble', () => {
    expect(decodeAnswer(answer(`<string>${'&lt;'.repeat(10_000)}</string>`))).toBe('<'.repeat(10_000));
  });
});
