// The line on which a page hears what happens, in as many rooms as it has. Hints only: whatever is missed here is caught
// up by number.

import { serverNow } from "./clock.js";

const SILENCE = 50_000; // the server pings every 20 s; after this long without a word the line is dead
const RETRY = [1_000, 2_000, 5_000, 10_000, 20_000];

export class Stream {
  #acts = new Map();
  #before = []; // lines that are replaced: they stay until the new one is there, so that nothing is missed in between

  // missed({ all }): ask what was missed; everywhere, or only where the page has just begun to listen.
  // renew(): get a new address.
  constructor({ missed, renew }) {
    Object.assign(this, { missed, renew });
    this.live = false; // whether what happens really arrives here
    this.failures = 0;
    setInterval(() => this.#check(), 10_000);
    addEventListener("pagehide", () => this.close());
    addEventListener("online", () => this.#again());
  }

  // What to do when this happens. Say so before listening.
  on(name, act) { this.#acts.set(name, [...(this.#acts.get(name) ?? []), act]); }

  // Listen at this address, which holds until then (server's milliseconds). An open line stays, unless it ends soon and
  // the new address holds for longer, or what is heard there (`topics`) changed. After a failure this waits for its turn.
  listen(address, until, topics = "") {
    const lasts = until <= this.until || this.until - serverNow() > 60_000;
    if (!address || this.retry !== undefined || (this.source && topics === this.topics && lasts)) return;
    Object.assign(this, { address, until, topics });
    this.#open();
  }

  close() {
    for (const source of [...this.#before, this.source]) source?.close();
    this.#before = [];
    this.source = undefined;
    this.live = false;
  }

  #open() {
    if (this.source) this.#before.push(this.source);
    const source = this.source = new EventSource(this.address);
    this.heard = Date.now();
    const on = (name, act) => source.addEventListener(name, (event) => {
      this.heard = Date.now();
      act(event.data ? JSON.parse(event.data) : {});
    });
    on("hello", ({ live }) => this.#greeted(source, live));
    on("resync", () => setTimeout(() => this.missed({ all: true }), 2_000 * Math.random())); // everybody hears it at once
    on("degraded", () => { this.live = false; });
    on("live", () => { this.live = true; this.missed({ all: true }); });
    on("ping", () => {});
    for (const [name, acts] of this.#acts) on(name, (data) => acts.forEach((act) => act(data)));
    source.addEventListener("error", () => this.#failed(source));
  }

  #greeted(source, live) {
    if (source !== this.source) return;
    const gapless = this.live && this.#before.some((one) => one.greeted);
    for (const one of this.#before) one.close();
    this.#before = [];
    source.greeted = true;
    Object.assign(this, { failures: 0, live });
    this.missed({ all: !gapless });
  }

  // The line broke, or its ticket is over: get a new address after a moment, the longer the more often it fails.
  #failed(source) {
    source.greeted = false;
    if (source === this.source) this.#lost();
    else source.close();
  }

  #lost() {
    this.close();
    const wait = RETRY[Math.min(this.failures++, RETRY.length - 1)] * (0.5 + Math.random());
    clearTimeout(this.retry);
    this.retry = setTimeout(() => { this.retry = undefined; this.renew(); }, wait);
  }

  // There is a network again: nobody waits for their turn.
  #again() {
    if (this.retry === undefined) return;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.failures = 0;
    this.renew();
  }

  #check() {
    if (this.source && Date.now() - this.heard > SILENCE) this.#lost();
  }
}
