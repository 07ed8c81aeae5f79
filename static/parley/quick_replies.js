// Quick replies: whoever types a slash at the beginning of a word is offered a list, which what follows searches.

import { insert } from "./insert.js";
import { reconnectLink } from "./reconnect_link.js";

const FRESH = 60_000; // milliseconds for which a list is not asked for again
const WORD = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u;

export function startQuickReplies(room) {
  const text = room.part("text");
  const panel = room.part("quick-replies");
  if (panel) new QuickReplies(room, text, panel);
}

class QuickReplies {
  #all = { at: -Infinity, replies: [] };

  constructor(room, text, panel) {
    Object.assign(this, { room, text, panel, list: panel.querySelector("[role=listbox]"), chosen: 0 });
    const { life } = room;
    life.on(text, "input", () => this.look());
    life.on(text, "blur", () => life.after(200, () => { if (!panel.contains(document.activeElement)) this.close(); }));
    // Before the composer, which would send what is being searched for.
    life.on(text.form, "keydown", (event) => this.key(event), { capture: true });
    life.on(this.list, "pointerdown", (event) => event.preventDefault()); // the cursor stays where it is
    life.on(this.list, "click", ({ target }) => this.take(target.closest("[role=option]")));
    life.on(room.part("quick-button"), "click", () => this.ask());
    life.on(panel, "keydown", (event) => { if (event.key === "Escape") { this.close(); text.focus(); } });
  }

  // From the button: as if a slash had been typed.
  ask() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    insert(this.text, before && !/\s$/.test(before) ? " /" : "/");
  }

  // The word with its slash before the cursor, or null.
  get word() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const found = WORD.exec(before);
    return found && { searched: found[1].toLowerCase(), from: before.length - found[1].length - 1, to: before.length };
  }

  async look() {
    if (!this.word) { this.close(); return; }
    const replies = await this.replies();
    const { word } = this; // more may have been typed meanwhile
    if (!word) { this.close(); return; }
    this.show(search(replies, word.searched), word.searched);
  }

  async replies() {
    if (performance.now() - this.#all.at < FRESH) return this.#all.replies;
    const asked = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(10_000) };
    const response = await fetch(this.room.url("quick-replies/"), asked).catch(() => null);
    if (!response?.ok) return this.#all.replies;
    this.#all = { at: performance.now(), replies: (await response.json()).replies };
    return this.#all.replies;
  }

  show(found, searched) {
    this.found = found;
    if (!found.length && searched) { this.close(); return; } // it was meant as a slash
    this.list.replaceChildren(...found.map((reply, index) => option(reply, `${this.list.id}-${index}`)));
    this.list.hidden = !found.length;
    this.panel.querySelector("[data-part=no-quick-replies]").hidden = found.length > 0;
    this.panel.hidden = false;
    this.choose(0);
  }

  choose(index) {
    const options = [...this.list.children];
    if (!options.length) { this.text.removeAttribute("aria-activedescendant"); return; }
    this.chosen = (index + options.length) % options.length;
    options.forEach((one, at) => one.setAttribute("aria-selected", String(at === this.chosen)));
    options[this.chosen].scrollIntoView({ block: "nearest" });
    this.text.setAttribute("aria-activedescendant", options[this.chosen].id);
  }

  key(event) {
    if (this.panel.hidden || event.isComposing) return;
    const acts = {
      ArrowDown: () => this.choose(this.chosen + 1),
      ArrowUp: () => this.choose(this.chosen - 1),
      Enter: () => this.take(this.list.children[this.chosen]),
      Tab: () => this.take(this.list.children[this.chosen]),
      Escape: () => this.close(),
    };
    if (!acts[event.key] || event.shiftKey || (!this.found.length && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  async take(chosen) {
    const reply = chosen && this.found[[...this.list.children].indexOf(chosen)];
    const said = reply?.around ? await this.withLink(reply.around) : reply?.text;
    const { word } = this; // more may have been typed meanwhile
    this.close();
    if (!said) return;
    if (word) insert(this.text, said, word.from, word.to);
    else insert(this.text, said);
  }

  // The pieces of a reply with a reconnect link between them, made at this moment; "" if there is none, which is said.
  async withLink(around) {
    if (this.asking) return "";
    this.asking = true;
    this.panel.setAttribute("aria-busy", "true");
    const { link, problem } = await reconnectLink(this.room);
    this.asking = false;
    this.panel.removeAttribute("aria-busy");
    this.room.problem(problem);
    return link && around.join(link);
  }

  close() {
    this.panel.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }
}

// Those whose shortcut begins with it, then those that have it anywhere; in their text only what is no single letter.
function search(replies, searched) {
  const begins = replies.filter(({ shortcut }) => shortcut.toLowerCase().startsWith(searched));
  const within = ({ shortcut, text }) => `${shortcut} ${searched.length > 1 ? text : ""}`.toLowerCase().includes(searched);
  return [...begins, ...replies.filter((one) => !begins.includes(one) && within(one))];
}

function option({ shortcut, text }, id) {
  const item = document.createElement("div");
  item.id = id;
  item.className = "quick-reply";
  item.setAttribute("role", "option");
  const [name, said] = [document.createElement("strong"), document.createElement("span")];
  name.textContent = `/${shortcut}`;
  said.textContent = text;
  item.append(name, " ", said);
  return item;
}
