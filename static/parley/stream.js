// The line on which the page hears what happens. Hints only: whatever is missed here is caught up by number.

import { serverNow } from "./clock.js";

const SILENCE = 50_000; // the server pings every 20 s; after this long without a word the line is dead
const RETRY = [1_000, 2_000, 5_000, 10_000, 20_000];

export class Stream {
  // handlers: row(data), sessions(), presence(data), missed() (ask what was missed), renew() (get a new address)
  constructor(handlers) {
    this.handlers = handlers;
    this.address = "";
    this.live = false; // whether what happens really arrives here
    this.failures = 0;
    setInterval(() => this.check(), 10_000);
  }

  // Listen at this address, which holds until then (server's milliseconds). An open line stays, unless it ends soon and
  // the new address holds for longer. After a failure this waits for its turn.
  listen(address, until) {
    const stays = this.source && (until <= this.until || this.until - serverNow() > 60_000);
    if (!address || stays || this.retry !== undefined) return;
    this.close();
    Object.assign(this, { address, until });
    this.open();
  }

  open() {
    const source = new EventSource(this.address);
    this.source = source;
    this.heard = Date.now();
    const on = (name, act) => source.addEventListener(name, (event) => {
      this.heard = Date.now();
      act(event.data ? JSON.parse(event.data) : {});
    });
    on("hello", ({ live }) => { this.failures = 0; this.live = live; this.handlers.missed(); });
    on("row", (data) => this.handlers.row?.(data));
    on("sessions", () => this.handlers.sessions?.());
    on("presence", (data) => this.handlers.presence?.(data));
    on("resync", () => setTimeout(() => this.handlers.missed(), 2_000 * Math.random())); // everybody hears it at once
    on("degraded", () => { this.live = false; });
    on("live", () => { this.live = true; this.handlers.missed(); });
    on("ping", () => {});
    source.addEventListener("error", () => this.lost());
  }

  // The line broke, or its ticket is over: get a new address after a moment, the longer the more often it fails.
  lost() {
    this.close();
    const wait = RETRY[Math.min(this.failures++, RETRY.length - 1)] * (0.5 + Math.random());
    clearTimeout(this.retry);
    this.retry = setTimeout(() => { this.retry = undefined; this.handlers.renew(); }, wait);
  }

  close() {
    this.source?.close();
    this.source = undefined;
    this.live = false;
  }

  check() {
    if (this.source && Date.now() - this.heard > SILENCE) this.lost();
  }
}
