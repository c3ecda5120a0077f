/*
 * Raw terminal output to lines of coloured pieces. Pure: no DOM, so that the server uses it too.
 * SGR (ECMA-48 8.3.117) becomes classes; every other escape sequence, control and bidirectional character is
 * dropped. `\r` begins the line anew, `\b` takes one character back.
 */
const MAX_LINE = 8192;
const MAX_SEQUENCE = 4096;
const PLAIN = /[^\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/y;
const SEQUENCE =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])/y;
const UNFINISHED = /\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ -/]*)$/y;

/** Reads output in any number of parts; colours and cut sequences carry over from one to the next. */
export class AnsiReader {
  #style = plainStyle();
  #waiting = '';
  #returned = false;
  #length = 0;
  /** The line that is not ended yet, as pieces. */
  open = [];

  /** Takes the next part and gives the lines that it ended. */
  feed(text) {
    const source = this.#waiting + text;
    this.#waiting = '';
    const ended = [];
    let at = 0;
    while (at < source.length) {
      const plain = match(PLAIN, source, at);
      if (plain) {
        this.#write(plain, ended);
        at += plain.length;
      } else if (source[at] === '\x1b') {
        const sequence = match(SEQUENCE, source, at);
        if (sequence) this.#style = styled(this.#style, sequence);
        else if (source.length - at < MAX_SEQUENCE && match(UNFINISHED, source, at)) {
          this.#waiting = source.slice(at);
          break;
        }
        at += sequence?.length ?? 1;
      } else {
        this.#control(source[at], ended);
        at += 1;
      }
    }
    return ended;
  }

  #control(character, ended) {
    if (character === '\n') ended.push(this.#end());
    else if (character === '\r') this.#returned = true;
    else if (character === '\b') this.#back();
  }

  #write(text, ended) {
    if (this.#returned) this.#clear();
    for (let rest = text; rest.length > 0; ) {
      const part = rest.slice(0, MAX_LINE - this.#length);
      this.#add(part);
      rest = rest.slice(part.length);
      if (rest.length > 0) ended.push(this.#end());
    }
  }

  #add(text) {
    const cls = classOf(this.#style);
    const last = this.open.at(-1);
    if (last && last.cls === cls) last.text += text;
    else this.open.push({ text, cls });
    this.#length += text.length;
  }

  #back() {
    const last = this.open.at(-1);
    if (!last) return;
    last.text = last.text.slice(0, -1);
    this.#length -= 1;
    if (last.text === '') this.open.pop();
  }

  #end() {
    const line = this.open;
    this.#clear();
    return line;
  }

  #clear() {
    this.open = [];
    this.#length = 0;
    this.#returned = false;
  }
}

/** The text without colours and control sequences, line by line. */
export function plainLines(text) {
  const reader = new AnsiReader();
  const lines = reader.feed(text);
  return [...lines, ...(reader.open.length > 0 ? [reader.open] : [])].map((line) =>
    line.map((piece) => piece.text).join(''),
  );
}

function match(pattern, source, at) {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function plainStyle() {
  return { fg: null, bg: null, on: new Set() };
}

const SWITCHES = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 7: 'inverse', 9: 'strike' };
const OFF = { 22: ['bold', 'dim'], 23: ['italic'], 24: ['underline'], 27: ['inverse'], 29: ['strike'] };

function styled(style, sequence) {
  const numbers = /^\x1b\[([0-9;:]*)m$/.exec(sequence);
  if (!numbers) return style;
  const codes = numbers[1].split(/[;:]/).map(Number);
  let next = { ...style, on: new Set(style.on) };
  while (codes.length > 0) next = applied(next, codes.shift(), codes);
  return next;
}

function applied(style, code, rest) {
  if (code === 0) return plainStyle();
  if (SWITCHES[code]) style.on.add(SWITCHES[code]);
  for (const name of OFF[code] ?? []) style.on.delete(name);
  if (code === 38) style.fg = extended(rest) ?? style.fg;
  else if (code === 48) style.bg = extended(rest) ?? style.bg;
  else if (code === 39) style.fg = null;
  else if (code === 49) style.bg = null;
  else if (code >= 30 && code <= 37) style.fg = code - 30;
  else if (code >= 40 && code <= 47) style.bg = code - 40;
  else if (code >= 90 && code <= 97) style.fg = code - 82;
  else if (code >= 100 && code <= 107) style.bg = code - 92;
  return style;
}

/** 256 colours and true colour, as the nearest of the sixteen that the style sheet knows. */
function extended(rest) {
  const kind = rest.shift();
  if (kind === 2) return nearest(rest.splice(0, 3));
  if (kind !== 5) return null;
  const index = rest.shift() ?? 0;
  if (index < 16) return index;
  if (index > 255) return null;
  if (index >= 232) return nearest([8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10]);
  const level = (part) => (part === 0 ? 0 : 55 + part * 40);
  const cube = index - 16;
  return nearest([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]);
}

function nearest([red = 0, green = 0, blue = 0]) {
  const most = Math.max(red, green, blue);
  if (most < 64) return 0;
  if (most - Math.min(red, green, blue) < 32) return most > 208 ? 15 : most > 144 ? 7 : 8;
  const half = most / 2;
  return (red > half ? 1 : 0) + (green > half ? 2 : 0) + (blue > half ? 4 : 0) + (most > 200 ? 8 : 0);
}

function classOf(style) {
  const names = [...style.on].map((name) => `a-${name}`);
  if (style.fg !== null) names.push(`a-fg-${style.fg}`);
  if (style.bg !== null) names.push(`a-bg-${style.bg}`);
  return names.sort().join(' ');
}
