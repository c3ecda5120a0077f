import { describe, expect, test } from 'vitest';
import { AnsiReader, plainLines } from '../../../public/js/ansi.js';
import { linesOf } from '../../../public/js/log-lines.js';

const lines = (...parts: string[]) => {
  const reader = new AnsiReader();
  return [...parts.flatMap((part) => reader.feed(part)), reader.open];
};

describe('colours', () => {
  test('become classes and end where they are switched off', () => {
    expect(lines('a \x1b[1;31mred\x1b[0m b')).toEqual([
      [
        { text: 'a ', cls: '' },
        { text: 'red', cls: 'a-bold a-fg-1' },
        { text: ' b', cls: '' },
      ],
    ]);
  });

  test('carry over lines and parts', () => {
    expect(lines('\x1b[9', '2mok\nstill', '\x1b[39m no')).toEqual([
      [{ text: 'ok', cls: 'a-fg-10' }],
      [
        { text: 'still', cls: 'a-fg-10' },
        { text: ' no', cls: '' },
      ],
    ]);
  });

  test.each([
    ['\x1b[38;5;9mx', 'a-fg-9'],
    ['\x1b[38;5;196mx', 'a-fg-9'],
    ['\x1b[48;5;21mx', 'a-bg-12'],
    ['\x1b[38;2;0;130;0mx', 'a-fg-2'],
    ['\x1b[38;5;240mx', 'a-fg-8'],
    ['\x1b[48;5;255mx', 'a-bg-15'],
    ['\x1b[38;5;999mx', ''],
    ['\x1b[1;22;4;24mx', ''],
    ['\x1b[1m\x1b[mx', ''],
    ['\x1b[104;97;3mx', 'a-bg-12 a-fg-15 a-italic'],
  ])('%j', (text, cls) => {
    expect(lines(text)).toEqual([[{ text: 'x', cls }]]);
  });
});

describe('[S56] what is not a colour is dropped', () => {
  test.each([
    ['a\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x1b\\b', ['alinkb']],
    ['a\x1b]52;c;ZXZpbA==\x07b', ['ab']],
    ['a\x1b[2Jb\x1b[10;10Hc\x1b[?25l', ['abc']],
    ['a\x1bPq#0;2;0;0;0\x1b\\b', ['ab']],
    ['a\x1b(Bb\x1b7c\x1bMd', ['abcd']],
    ['a\x00b\x07c\x7fd\x9be\x85f', ['abcdef']],
    ['safe\u202egnp.exe\u2066', ['safegnp.exe']],
    ['<script>alert(1)</script> a<b>c', ['<script>alert(1)</script> a<b>c']],
    ['\ud800 lone', ['\ud800 lone']],
    ['tab\tstays', ['tab\tstays']],
  ])('%j', (text, expected) => {
    expect(plainLines(text)).toEqual(expected);
  });

  test('a sequence cut anywhere is the same as a whole one', () => {
    const text = 'a\x1b]8;;http://x\x1b\\b\x1b[31mc\x1b[0m\r\nd';
    const whole = lines(text);
    for (let cut = 1; cut < text.length; cut++) {
      expect(lines(text.slice(0, cut), text.slice(cut))).toEqual(whole);
    }
  });

  test('an endless sequence does not swallow the log', () => {
    const reader = new AnsiReader();
    reader.feed('\x1b]0;' + 'x'.repeat(5000));
    expect(reader.feed('\nafter\n').at(-1)).toEqual([{ text: 'after', cls: '' }]);
  });
});

describe('lines', () => {
  test('[S56] a carriage return begins the line anew, before a line end it does nothing', () => {
    expect(plainLines('10%\r50%\r100%\r\ndone\r\n')).toEqual(['100%', 'done']);
    expect(plainLines('abc\r')).toEqual(['abc']);
  });

  test('[S56] a backspace takes one character back, never beyond the line', () => {
    expect(plainLines('ab\bc\b\b\b\b\bx')).toEqual(['x']);
  });

  test('[S56] a line of 10 MB is broken into pieces, fast', () => {
    const began = performance.now();
    const result = plainLines('x'.repeat(10_000_000));
    expect(result.every((line) => line.length <= 8192)).toBe(true);
    expect(result.join('')).toHaveLength(10_000_000);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test.each(['\x1b[', '\x1b]', '\x1b[0;', '\b', '\r', '\x1bP', '\x1b ', 'a\x1b[1m'])(
    '[S53] hostile repetition of %j costs linear time',
    (text) => {
      const began = performance.now();
      plainLines(text.repeat(400_000 / text.length));
      expect(performance.now() - began).toBeLessThan(5000);
    },
  );

  test('are named after the chunk in which they begin', () => {
    const chunks = [
      { seq: 4, at: 1, text: 'one\ntwo' },
      { seq: 9, at: 2, text: ' and a half\nthree\n' },
      { seq: 10, at: 3, text: 'four' },
    ];
    const named = linesOf(chunks).map((line) => [
      line.id,
      line.at,
      line.pieces.map((piece) => piece.text).join(''),
    ]);
    expect(named).toEqual([
      ['4-0', 1, 'one'],
      ['4-1', 1, 'two and a half'],
      ['9-1', 2, 'three'],
      ['10-0', 3, 'four'],
    ]);
  });
});
