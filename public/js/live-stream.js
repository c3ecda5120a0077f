/*
 * The live events of one operation. A hidden tab closes its stream (a browser has six connections to a host) and
 * goes on, when it is seen again, behind the last log event that it had.
 */
export class LiveStream {
  #address;
  #last;
  #handlers;
  #source = null;
  #over = false;

  /** @param last number of the last log chunk that the page has; @param handlers by event name, given the data. */
  constructor(address, last, handlers) {
    this.#address = address;
    this.#last = last;
    this.#handlers = handlers;
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
    this.#source = new EventSource(`${this.#address}?after=${this.#last}`);
    for (const [name, handle] of Object.entries(this.#handlers)) {
      this.#source.addEventListener(name, (event) => {
        if (event.lastEventId) this.#last = Math.max(this.#last, Number(event.lastEventId));
        handle(JSON.parse(event.data));
      });
    }
    this.#source.addEventListener('end', () => {
      this.#over = true;
      this.#close();
    });
    this.#source.addEventListener('again', () => this.#later());
    this.#source.addEventListener('error', () => {
      if (this.#source?.readyState === EventSource.CLOSED) this.#later();
    });
  }

  #later() {
    this.#close();
    setTimeout(() => this.#see(), 2000 + Math.random() * 2000);
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }
}
