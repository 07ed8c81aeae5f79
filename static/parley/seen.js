// Who has looked at what: tells the server what came into view here, and shows how far the other side has got.

import { serverNow } from "./clock.js";
import { csrfToken, isElsewhere, mindElsewhere } from "./post.js";
import { roomWords } from "./words.js";

const SOON = 400; // milliseconds
const EVERY = 2_000;
const LONG = 30_000; // after which it is worth saying that nobody has looked at a message

export function startSeen(room) {
  const report = new Report(room);
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      report.reached(Number(target.dataset.n));
    }
  }, { root: room.rows.box });
  for (const item of room.rows.list.children) if (item.dataset.n > room.page.seen) watch.observe(item);
  room.on("added", ({ item }) => watch.observe(item));
  room.life.atEnd(() => watch.disconnect());
  showTheirs(room);
  if (room.page.side === "agent") showUnseen(room);
}

// What came into view is told together, and once only. Whoever reads along without taking part tells nothing.
class Report {
  newest = 0;
  told = 0;

  constructor(room) {
    this.room = room;
    room.on("state", () => this.soon());
    room.on("shown", () => this.soon());
    room.life.on(document, "visibilitychange", () => { if (document.hidden) this.tell(); });
    room.life.on(window, "pagehide", () => this.tell());
  }

  reached(number) {
    this.newest = Math.max(this.newest, number);
    this.soon();
  }

  get untold() { return this.room.page.holds && this.newest > Math.max(this.told, this.room.page.seen); }

  soon() {
    if (!this.untold || this.timer) return;
    const wait = Math.max(SOON, EVERY - (performance.now() - (this.at ?? -EVERY)));
    this.timer = this.room.life.after(wait, () => this.tell());
  }

  async tell() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.untold || isElsewhere()) return;
    const number = this.newest;
    const before = this.told;
    this.told = number;
    this.at = performance.now();
    const body = new FormData();
    body.append("number", number);
    const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
    const response = await fetch(this.room.url("seen/"), { method: "POST", body, keepalive: true, headers }).catch(() => null);
    if (!response?.ok) this.told = before; // told again with the next state
    else if (response.status === 200) await response.json().then(mindElsewhere).catch(() => {}); // the page knows now
  }
}

// "Seen", under the newest of our own messages that the other side has looked at.
function showTheirs(room) {
  const mark = document.createElement("div");
  mark.className = "seen-mark";
  mark.setAttribute("aria-live", "off");
  mark.textContent = roomWords().seen;
  let theirs = 0;
  const upTo = (number) => {
    if (number <= theirs) return;
    theirs = number;
    place();
  };

  function place() {
    let item = room.rows.list.lastElementChild;
    while (item && !(item.dataset.n <= theirs && item.querySelector(":scope > .bubble-mine"))) item = item.previousElementSibling;
    if (item && mark.parentElement !== item) item.append(mark);
  }

  room.on("seen", ({ n }) => upTo(n));
  room.on("state", (state) => upTo(state.their_seen));
  room.on("earlier", () => { if (!mark.isConnected) place(); });
  upTo(room.page.their_seen);
}

// In the room of a widget's customer: a line above the first of our own messages that they have not looked at, while they
// are away, or where they should have looked long ago.
function showUnseen(room) {
  const line = Object.assign(document.createElement("div"), { className: "unseen-line", textContent: roomWords().unseen });
  line.setAttribute("aria-live", "off");
  let theirs = room.page.their_seen;

  const isDue = (item) => room.page.away || serverNow() - Date.parse(item.querySelector("time")?.dateTime) > LONG;

  function place() {
    let first = null;
    const { away, loses } = room.page;
    for (let item = room.rows.list.lastElementChild; (away || loses) && item?.dataset.n > theirs; item = item.previousElementSibling) {
      if (item.querySelector(":scope > .bubble-mine")) first = item;
    }
    if (!first || !isDue(first)) line.remove();
    else if (line.parentElement !== first) first.prepend(line);
  }

  function upTo(number) {
    theirs = Math.max(theirs, number);
    place();
  }

  room.on("seen", ({ n }) => upTo(n));
  room.on("state", (state) => upTo(state.their_seen));
  for (const name of ["added", "earlier"]) room.on(name, place);
  place();
}
