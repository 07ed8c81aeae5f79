// What something listens to and waits for, ended all at once: a room that is closed leaves nothing behind.

export class Lifetime {
  #end = new AbortController();

  get over() { return this.#end.signal.aborted; }

  on(target, name, act, options = {}) {
    target.addEventListener(name, act, { ...options, signal: this.#end.signal });
  }

  every(milliseconds, act) {
    const timer = setInterval(act, milliseconds);
    this.atEnd(() => clearInterval(timer));
  }

  after(milliseconds, act) {
    return setTimeout(() => { if (!this.over) act(); }, milliseconds);
  }

  atEnd(act) { this.#end.signal.addEventListener("abort", act, { once: true }); }

  end() { this.#end.abort(); }
}
