// The rows of a conversation. The number decides: a row is added once, and only after the one before it.

import { showTimes } from "./clock.js";

export class Rows {
  constructor(last) {
    this.last = last;
    this.list = document.getElementById("rows");
    this.box = document.getElementById("conversation");
    this.newest = document.getElementById("newest");
    this.newest?.addEventListener("click", () => this.toEnd());
    this.stays = true; // whether the end is being read, and should stay in view when anything changes its size
    this.box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => { if (this.stays) this.toEnd(); }).observe(this.box);
  }

  // Add what follows the last row; say whether there is a gap before it.
  add({ n, html }) {
    if (n <= this.last) return true;
    if (n !== this.last + 1) return false;
    this.last = n;
    this.list.append(this.item(n, html));
    if (this.stays) this.toEnd();
    else if (html) this.newest.hidden = false;
    return true;
  }

  // Put earlier rows on top without moving what is being read.
  addBefore(rows) {
    const height = this.box.scrollHeight;
    this.list.prepend(...rows.map(({ n, html }) => this.item(n, html)));
    this.box.scrollTop += this.box.scrollHeight - height;
  }

  first() { return Number(this.list.firstElementChild?.dataset.n ?? 1); }

  item(n, html) {
    const item = document.createElement("div");
    item.className = "row-item";
    item.dataset.n = n;
    item.hidden = !html;
    item.innerHTML = html;
    showTimes(item);
    return item;
  }

  scrolled() {
    this.stays = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 80;
    if (this.stays) this.newest.hidden = true;
  }

  toEnd() { this.box.scrollTo({ top: this.box.scrollHeight, behavior: "instant" }); }
}
