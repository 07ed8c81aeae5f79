// What was written and is not yet known to be stored. It survives a reload, and is sent again under the same key until
// the server says yes or no: never lost, never doubled.

import { kept } from "./kept.js";
import { newKey } from "./key.js";
import { pauseAfter } from "./post.js";

const RETRY = [1_000, 2_000, 5_000, 10_000];

export class Outbox {
  // handlers: send(item) resolves to {sent} or {refused: text}, and rejects while the server cannot be reached;
  // refused(text, problem); show(items, failing). With `life` it ends; what is kept stays.
  constructor(name, life, handlers) {
    Object.assign(this, { name, life, handlers, failures: 0 });
    life.on(window, "online", () => this.flush());
    life.on(window, "parley:reachable", () => { if (this.failures) this.flush(); });
    life.on(window, "storage", (event) => { if (event.key === this.name) this.show(); });
    this.show();
    this.flush();
  }

  items() {
    try { return JSON.parse(kept.get(this.name)) ?? []; } catch { return []; }
  }

  keep(items) {
    if (items.length) kept.set(this.name, JSON.stringify(items));
    else kept.remove(this.name);
    this.show();
  }

  // `typed` is the version of what was half typed that goes with it.
  add(text, typed) {
    this.keep([...this.items(), { key: newKey(), text, typed }]);
    return this.flush();
  }

  async flush() {
    if (this.busy || this.life.over) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (let [item] = this.items(); item; [item] = this.items()) {
        const { refused } = await this.handlers.send(item);
        this.failures = 0;
        this.keep(this.items().filter(({ key }) => key !== item.key));
        if (refused) this.handlers.refused(item.text, refused);
      }
    } catch (error) {
      const wait = pauseAfter(error, RETRY[Math.min(this.failures++, RETRY.length - 1)]);
      this.timer = this.life.after(wait, () => this.flush());
    } finally {
      this.busy = false;
      this.show();
    }
  }

  // Resolves when everything was sent or refused, or cannot be for now.
  async settled() {
    while (this.busy) await new Promise((resolve) => setTimeout(resolve, 50));
    if (this.items().length) await this.flush();
  }

  show() { this.handlers.show(this.items(), this.failures > 0); }
}
