import { LogLines, linesOf } from './log-lines.js';

const MOST_LINES = 10_000;

/** The log of one step: follows its end, loads earlier lines as one scrolls up, later ones as one scrolls down. */
export class LogView {
  #box;
  #follow;
  #clock;
  #step = '';
  #chunks = [];
  #reader = new LogLines();
  #openLine = null;
  #first = true;
  #last = true;
  #upTo = 0;
  #waiting = [];
  #loading = false;
  #turn = 0;

  constructor(box, follow) {
    this.#box = box;
    this.#follow = follow;
    const zone = box.dataset.zone || undefined;
    this.#clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: zone });
    box.addEventListener('scroll', () => this.#scrolled());
    follow.addEventListener('change', () => follow.checked && this.#toEnd());
  }

  /** Loads a step's log: its end, or what surrounds chunk `at`. */
  async show(step, at = null) {
    const turn = ++this.#turn;
    this.#step = step;
    this.#waiting = [];
    this.#loading = true;
    const part = await this.#fetch(at === null ? '' : `&at=${at}`);
    if (turn !== this.#turn) return;
    this.#take(part);
    this.#first = part.first;
    this.#last = part.last;
    this.#upTo = part.upTo;
    this.#loading = false;
    this.#box.replaceChildren();
    this.#render(part);
    for (const chunk of this.#waiting) this.append(chunk);
    if (at === null && this.#follow.checked) this.#toEnd();
  }

  /** Takes a chunk from the live stream: those of other steps, and those already shown, are left out. */
  append(chunk) {
    if (chunk.step !== this.#step) return;
    if (this.#loading) this.#waiting.push(chunk);
    else if (this.#last && chunk.seq > this.#upTo) {
      this.#upTo = chunk.seq;
      this.#box.querySelector('.op-empty')?.remove();
      this.#feed(chunk);
      this.#prune();
      if (this.#follow.checked) this.#toEnd();
    }
  }

  /** Tells that the stream left something out; a button loads it. */
  gap({ bytes }) {
    const mark = this.#gapMark(bytes);
    const load = document.createElement('button');
    load.className = 'btn btn-sm';
    load.textContent = this.#box.dataset.load;
    load.addEventListener('click', () => this.show(this.#step));
    mark.append(' ', load);
    this.#box.append(mark);
  }

  #take({ chunks }) {
    this.#chunks = chunks;
    this.#reader = new LogLines();
    this.#openLine = null;
  }

  /** Draws all that is loaded anew, with the gap in its place. */
  #render({ chunks, gap }) {
    if (chunks.length === 0) {
      const empty = document.createElement('p');
      empty.className = 'op-empty';
      empty.textContent = this.#box.dataset.empty;
      this.#box.append(empty);
    }
    for (const [index, chunk] of chunks.entries()) {
      this.#feed(chunk);
      const next = chunks[index + 1];
      if (gap && next && chunk.seq <= gap.after && next.seq > gap.after)
        this.#box.append(this.#gapMark(gap.bytes));
    }
  }

  #feed(chunk) {
    const { ended, open } = this.#reader.feed(chunk);
    const fragment = document.createDocumentFragment();
    for (const line of ended) {
      if (this.#openLine) this.#openLine.replaceWith(this.#line(line));
      else fragment.append(this.#line(line));
      this.#openLine = null;
    }
    if (open) {
      const element = this.#line(open);
      if (this.#openLine) this.#openLine.replaceWith(element);
      else fragment.append(element);
      this.#openLine = element;
    }
    this.#box.append(fragment);
  }

  #line({ id, at, pieces }) {
    const line = document.createElement('div');
    line.className = 'op-line';
    line.id = `l-${id}`;
    const link = document.createElement('a');
    link.className = 'op-clock';
    link.href = `?step=${this.#step}&at=${id.split('-')[0]}#l-${id}`;
    link.textContent = this.#clock.format(at);
    link.setAttribute('aria-label', this.#box.dataset.line.replace('{time}', link.textContent));
    const text = document.createElement('span');
    for (const piece of pieces) {
      const part = document.createElement('span');
      if (piece.cls) part.className = piece.cls;
      part.textContent = piece.text;
      text.append(part);
    }
    line.append(link, text);
    return line;
  }

  #gapMark(bytes) {
    const { gap, gapUnknown } = this.#box.dataset;
    const mark = document.createElement('div');
    mark.className = 'op-gap';
    mark.textContent = bytes === null ? gapUnknown : gap.replace('{bytes}', bytes);
    return mark;
  }

  async #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    const atEnd = scrollHeight - scrollTop - clientHeight < 30;
    if (this.#last) this.#follow.checked = atEnd;
    if (scrollTop < 200 && !this.#first) await this.#more('before');
    else if (atEnd && !this.#last) await this.#more('after');
  }

  /** Loads the stretch before or behind and draws it; what one reads stays where it is. */
  async #more(side) {
    const edge = side === 'before' ? this.#chunks[0] : this.#chunks.at(-1);
    if (this.#loading || !edge) return;
    this.#loading = true;
    const turn = this.#turn;
    const part = await this.#fetch(`&${side}=${edge.seq}`);
    if (turn !== this.#turn) return;
    this.#loading = false;
    if (side === 'before') this.#prepend(part);
    else {
      this.#chunks.push(...part.chunks);
      this.#last = part.last;
      this.#upTo = part.upTo;
      this.#render(part);
    }
    for (const chunk of this.#waiting.splice(0)) this.append(chunk);
  }

  #prepend(part) {
    this.#first = part.first;
    this.#chunks = [...part.chunks, ...this.#chunks];
    const end = this.#box.scrollHeight - this.#box.scrollTop;
    const { gap } = part;
    const cut = gap ? part.chunks.filter((chunk) => chunk.seq <= gap.after) : [];
    const lines = linesOf(part.chunks.slice(cut.length)).map((line) => this.#line(line));
    if (!part.chunks.at(-1)?.text.endsWith('\n')) this.#join(lines.at(-1));
    const head = linesOf(cut).map((line) => this.#line(line));
    this.#box.prepend(...head, ...(cut.length > 0 ? [this.#gapMark(gap.bytes)] : []), ...lines);
    this.#box.scrollTop = this.#box.scrollHeight - end;
  }

  /** The first line shown so far was the end of this one. */
  #join(line) {
    const rest = this.#box.querySelector('.op-line');
    if (!line || !rest || rest === this.#openLine) return;
    line.lastChild.append(...rest.lastChild.childNodes);
    rest.remove();
  }

  async #fetch(place) {
    const answer = await fetch(`${this.#box.dataset.url}?step=${this.#step}${place}`, {
      headers: { Accept: 'application/json' },
    });
    if (!answer.ok) return { chunks: [], first: true, last: true, gap: null, upTo: 0 };
    return answer.json();
  }

  #prune() {
    const over = this.#follow.checked ? this.#box.childElementCount - MOST_LINES : 0;
    for (let index = 0; index < over; index++) this.#box.firstElementChild.remove();
  }

  #toEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
  }
}
