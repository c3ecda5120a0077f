/*
 * Live events of one thing. A hidden tab closes its stream (a browser has six connections to a host) and goes on, when
 * it is seen again, behind the last event that it had.
 */
const SOON = 2000;
const LATE = 60_000;

export class LiveStream {
  #address;
  #last;
  #handlers;
  #told;
  #source = null;
  #over = false;
  #wait = SOON;

  /**
   * @param last number of the last event that the page has; @param handlers by event name, given the data;
   * @param told called with true when the stream opens, with false when it is lost.
   */
  constructor(address, last, handlers, told = () => {}) {
    this.#address = address;
    this.#last = last;
    this.#handlers = handlers;
    this.#told = told;
    document.addEventListener('visibilitychange', () => this.#see());
    window.addEventListener('pageshow', () => this.#see());
    window.addEventListener('pagehide', () => this.#close());
    this.#see();
  }

  #see() {
    if (document.hidden) this.#close();
    else if (!this.#over && !this.#source) this.#open();
  }

  #open() {
    const source = new EventSource(`${this.#address}?after=${this.#last}`);
    this.#source = source;
    for (const [name, handle] of Object.entries(this.#handlers)) {
      source.addEventListener(name, (event) => {
        if (event.lastEventId) this.#last = Math.max(this.#last, Number(event.lastEventId));
        handle(JSON.parse(event.data));
      });
    }
    source.addEventListener('open', () => {
      this.#wait = SOON;
      this.#told(true);
    });
    source.addEventListener('end', () => {
      this.#over = true;
      this.#close();
    });
    source.addEventListener('again', () => this.#later());
    source.addEventListener('error', () => {
      this.#told(false);
      if (source.readyState !== EventSource.CLOSED || this.#source !== source) return;
      this.#later();
      this.#wait = Math.min(this.#wait * 2, LATE);
    });
  }

  #later() {
    this.#close();
    setTimeout(() => this.#see(), this.#wait * (1 + Math.random()));
  }

  #close() {
    if (this.#source) this.#told(false);
    this.#source?.close();
    this.#source = null;
  }
}
