// Beside the lists: the welcome pane, or one of the rooms that are open in this page. Those out of sight stay alive.

import { startDocuments } from "./agent_documents.js";
import { startCard } from "./card.js";
import { startEarlierSessions } from "./keep.js";
import { startLinks } from "./links.js";
import { markup } from "./markup.js";
import { startNotes } from "./notes.js";
import { startQuickReplies } from "./quick_replies.js";
import { Room } from "./room.js";

const MOST_ROOMS = 20;
// What only agents' rooms do: functions that take the room.
const PARTS = [startCard, startLinks, startNotes, startQuickReplies, startEarlierSessions, startDocuments];

export class Panes extends EventTarget {
  #turn = 0;

  // Tells `moved` when another pane is in view; `opened`, `closed` and `gone` of a room; `note` of one that ended unseen.
  constructor(box, { line, welcome }) {
    super();
    Object.assign(this, { box, line, welcome });
    this.rooms = new Map();
    this.current = null; // the room in view; null is the welcome pane
    const root = box.querySelector("[data-room]");
    if (root) this.current = this.#adopt(root);
    history.replaceState({ ...history.state, parley: true }, "");
    addEventListener("popstate", () => this.go(location.href, null));
  }

  // Go to the address of a room or of the welcome page. `how` is the name of a method of history, or null for none.
  async go(address, how = "pushState") {
    const turn = ++this.#turn;
    const { pathname, href } = new URL(address, location.href);
    this.box.setAttribute("aria-busy", "true");
    try {
      const room = pathname === this.welcome ? await this.#welcomePane(href) : await this.#room(pathname);
      if (turn === this.#turn) this.#show(room, href, how);
    } catch {
      location.assign(address); // the browser says better than we what is wrong
    } finally {
      if (turn === this.#turn) this.box.setAttribute("aria-busy", "false");
    }
  }

  // Go to a room that is another one now than when it was opened: we may write in it.
  reopen(address) {
    const known = [...this.rooms.values()].find((room) => room.address === address);
    if (known) this.#drop(known);
    return this.go(address);
  }

  // A session was started from the welcome pane: show its room, as the server rendered it. The next form is a new one.
  started(html) {
    ++this.#turn;
    this.pane.remove();
    const room = this.#adopt(fragment(html).querySelector("[data-room]"), { append: true });
    this.#show(room, room.address, "pushState");
  }

  // The welcome pane with what is wrong in its form.
  declined(html) {
    this.pane.replaceWith(fragment(html));
    this.pane.querySelector("[aria-invalid=true]")?.focus();
  }

  // A session ended: its room closes. In view, it makes way for the welcome page; out of sight, the rest stays as it is.
  async leave(room, address) {
    const inView = this.current === room;
    this.#drop(room);
    if (inView) await this.go(address, "replaceState");
    else this.dispatchEvent(new CustomEvent("note", { detail: await this.#part(address, "welcome") }));
  }

  // The room is no longer ours: `said` tells why; it is empty where that was our own doing, and not given if nobody knows.
  async gone(room, said) {
    const inView = this.current === room;
    this.#drop(room);
    if (inView) await this.go(this.welcome, "replaceState");
    this.dispatchEvent(new CustomEvent("gone", { detail: { room, said } }));
  }

  #adopt(root, { append = false } = {}) {
    const known = this.rooms.get(root.dataset.room);
    if (known) this.#drop(known);
    if (append) {
      root.hidden = true;
      this.box.append(root);
    }
    const room = new Room(root, { line: this.line, host: this, parts: PARTS });
    this.rooms.set(room.id, room);
    if (append) this.dispatchEvent(new CustomEvent("opened", { detail: room }));
    return room;
  }

  #drop(room) {
    room.dispose();
    this.rooms.delete(room.id);
    this.dispatchEvent(new CustomEvent("closed", { detail: room }));
  }

  async #room(address) {
    const known = [...this.rooms.values()].find((room) => room.address === address);
    if (known) return known;
    const root = (await this.#part(address, "room")).querySelector("[data-room]");
    return this.#adopt(root, { append: true });
  }

  // The welcome pane keeps what is typed in it; what just ended is said anew.
  async #welcomePane(address) {
    const here = this.pane;
    if (here && !new URL(address).searchParams.has("ended")) return null;
    const fresh = (await this.#part(address, "welcome")).querySelector("[data-pane]");
    if (here) here.querySelector("[data-part=note]").replaceWith(fresh.querySelector("[data-part=note]"));
    else {
      fresh.hidden = true;
      this.box.prepend(fresh);
    }
    return null;
  }

  get pane() { return this.box.querySelector("[data-pane=welcome]"); }

  async #part(address, part) {
    const asked = new URL(address, location.href);
    asked.searchParams.set("part", part);
    const response = await fetch(asked, { signal: AbortSignal.timeout(15_000) });
    if (!response.ok || response.redirected) throw new Error(`${response.status}`);
    return fragment(await response.text());
  }

  #show(room, address, how) {
    this.current = room;
    if (how) history[how]({ parley: true }, "", address);
    if (this.pane) this.pane.hidden = room !== null;
    for (const one of this.rooms.values()) one.visible = one === room;
    if (room) { // the one seen last comes last
      this.rooms.delete(room.id);
      this.rooms.set(room.id, room);
    }
    if (this.rooms.size > MOST_ROOMS) this.#drop(this.rooms.values().next().value);
    this.dispatchEvent(new Event("moved"));
  }
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = markup(html); // rendered and escaped by the server
  return document.importNode(template.content, true);
}
