// What became of the links of a session, beside the agent's room: asked for when somebody wants to see it.

import { showTimes } from "./clock.js";
import { markup } from "./markup.js";

export function startLinks(room) {
  const box = room.part("links-box");
  if (!box) return;
  const list = new LinkList(room, box);
  room.life.on(box, "toggle", () => list.refresh());
  room.on("state", () => list.refresh());
}

class LinkList {
  constructor(room, box) { Object.assign(this, { room, box, place: room.part("links") }); }

  // One question at a time, and once more if something came up meanwhile; none while the list is folded up.
  async refresh() {
    if (!this.box.open || this.room.life.over) return;
    if (this.asking) { this.again = true; return; }
    this.asking = true;
    await this.#ask().catch(() => {}); // the link to the page of its own, or the last list, stays
    this.asking = false;
    if (this.again) { this.again = false; this.refresh(); }
  }

  async #ask() {
    const response = await fetch(this.room.url("links/?part=links"), { signal: AbortSignal.timeout(15_000) });
    if (!response.ok || response.redirected) return;
    const html = await response.text();
    if (html !== this.shown) this.#show(html);
  }

  // Whoever was in the old list by keyboard goes on from its heading.
  #show(html) {
    const inside = this.place.contains(document.activeElement);
    this.place.innerHTML = markup(html); // rendered and escaped by the server
    this.shown = html;
    showTimes(this.place);
    if (inside) this.box.querySelector("summary").focus();
  }
}
