/** What XML-RPC carries of what supervisor speaks. */
export type XmlValue = string | number | boolean | XmlValue[] | { [name: string]: XmlValue };

/** Deeper than anything that supervisor says. */
const DEEPEST = 32;
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Reads what XML-RPC consists of and nothing else of XML: tags without attributes, text, and the five entities and
 * numbers of characters. Everything else is refused: no declarations, comments, sections, or entities of one's own.
 */
export class XmlReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipWhite();
    if (text.startsWith('<?xml ', this.#at)) this.#at = text.indexOf('?>', this.#at) + 2;
  }

  /** Passes over the tag, if it comes next. */
  finds(tag: string): boolean {
    this.#skipWhite();
    if (!this.#text.startsWith(tag, this.#at)) return false;
    this.#at += tag.length;
    return true;
  }

  /** @throws Error where something else comes next. */
  expect(tag: string): void {
    if (!this.finds(tag)) throw new Error('not an XML-RPC answer');
  }

  /** What is between `<value>`, which was read, and its end; the end is read too. */
  value(): XmlValue {
    const text = this.#until('<');
    if (this.finds('</value>')) return plain(text);
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new Error('not an XML-RPC answer');
    const value = this.#typed();
    this.#depth -= 1;
    this.expect('</value>');
    return value;
  }

  #typed(): XmlValue {
    this.expect('<');
    const type = this.#until('>');
    this.#at += 1;
    if (type === 'string') return plain(this.#rest(type));
    if (type === 'int' || type === 'i4' || type === 'double') return Number(this.#rest(type));
    if (type === 'boolean') return this.#rest(type).trim() === '1';
    if (type === 'array') return this.#array();
    if (type === 'struct') return this.#struct();
    if (type === 'string/' || type === 'nil/') return '';
    if (type === 'struct/') return {};
    throw new Error(`unknown XML-RPC type: ${type.slice(0, 40)}`);
  }

  #array(): XmlValue[] {
    const items: XmlValue[] = [];
    if (!this.finds('<data/>')) {
      this.expect('<data>');
      while (!this.finds('</data>')) items.push(this.#item());
    }
    this.expect('</array>');
    return items;
  }

  #item(): XmlValue {
    if (this.finds('<value/>')) return '';
    this.expect('<value>');
    return this.value();
  }

  #struct(): XmlValue {
    const entries: [string, XmlValue][] = [];
    while (!this.finds('</struct>')) {
      this.expect('<member>');
      this.expect('<name>');
      const name = plain(this.#rest('name'));
      entries.push([name, this.#item()]);
      this.expect('</member>');
    }
    return Object.fromEntries(entries);
  }

  /** The text up to an end tag, which is read too. */
  #rest(tag: string): string {
    const text = this.#until('<');
    if (!this.#text.startsWith(`</${tag}>`, this.#at)) throw new Error('not an XML-RPC answer');
    this.#at += tag.length + 3;
    return text;
  }

  #until(sign: string): string {
    const end = this.#text.indexOf(sign, this.#at);
    if (end < 0) throw new Error('not an XML-RPC answer');
    const text = this.#text.slice(this.#at, end);
    this.#at = end;
    return text;
  }

  #skipWhite(): void {
    while (this.#text.charCodeAt(this.#at) <= 32) this.#at += 1;
  }
}

function plain(xml: string): string {
  if (!xml.includes('&')) return xml;
  return xml.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|lt|gt|amp|quot|apos);/g, (_, name: string) => {
    const named = NAMED[name];
    if (named !== undefined) return named;
    const point = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  });
}
