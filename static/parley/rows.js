// The rows of a conversation. The number decides: a row is added once, and only after the one before it.

import { showTimes } from "./clock.js";
import { markup } from "./markup.js";

export class Rows {
  constructor(room) {
    this.room = room;
    this.last = room.page.last;
    this.list = room.part("rows");
    this.box = room.part("conversation");
    this.newest = room.part("newest");
    this.stays = true; // whether the end is being read, and should stay in view when anything changes its size
    room.life.on(this.newest, "click", () => this.toEnd());
    room.life.on(this.box, "scroll", () => this.scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => { if (this.stays) this.toEnd(); });
    for (const one of [this.box, this.list]) sizes.observe(one);
    room.life.atEnd(() => sizes.disconnect());
    room.on("shown", () => this.returned());
    this.rest([...this.list.children]);
    this.toEnd();
  }

  // Add what follows the last row; say whether there is a gap before it.
  add({ n, html }) {
    if (n <= this.last) return true;
    if (n !== this.last + 1) return false;
    this.last = n;
    const item = this.item(n, html);
    this.list.append(item);
    this.room.tell("added", { n, item });
    if (this.stays) this.toEnd();
    else if (html) this.newest.hidden = false;
    this.rest([item]);
    return true;
  }

  // Put earlier rows on top without moving what is being read.
  addBefore(rows) {
    const next = this.list.querySelector(":scope > :not([hidden])");
    const top = () => next?.lastElementChild.getBoundingClientRect().top ?? 0;
    const before = top();
    const items = rows.map(({ n, html }) => this.item(n, html));
    this.list.prepend(...items);
    this.room.tell("earlier", { items, next });
    this.box.scrollTop += top() - before;
    this.rest(items);
  }

  // Begin reading at this row, unless everything from there on is in view anyway.
  showFrom(item) {
    const above = item.getBoundingClientRect().top - this.box.getBoundingClientRect().top;
    if (above >= 0) return;
    this.stays = false;
    this.box.scrollTop += above - 16;
    this.newest.hidden = false;
  }

  // Rows that were drawn once are drawn again only while they are near: ten thousand then cost no more than fifty.
  rest(items) {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      for (const item of items) item.classList.add("row-rests");
    }));
  }

  first() { return Number(this.list.firstElementChild?.dataset.n ?? 1); }

  item(n, html) {
    const item = document.createElement("div");
    item.className = "row-item";
    item.dataset.n = n;
    item.hidden = !html;
    item.innerHTML = markup(html);
    for (const [selector, name] of [["a[href]", "href"], ["img[src]", "src"]]) {
      for (const one of item.querySelectorAll(selector)) one.setAttribute(name, this.room.here(one.getAttribute(name)));
    }
    showTimes(item);
    return item;
  }

  scrolled() {
    if (!this.room.visible) return; // a hidden box is at 0, whatever was read in it
    const before = this.place;
    this.place = this.box.scrollTop;
    const near = this.box.scrollHeight - this.place - this.box.clientHeight < 80;
    // Only who scrolls up leaves the end. What becomes taller beside the box moves the end away, and nobody scrolled.
    this.stays = near || (this.stays && !(this.place < before));
    if (this.stays) this.newest.hidden = true;
  }

  // Shown again, as it was left.
  returned() {
    if (this.stays) this.toEnd();
    else this.box.scrollTop = this.place;
  }

  toEnd() { this.box.scrollTo({ top: this.box.scrollHeight, behavior: "instant" }); }
}
