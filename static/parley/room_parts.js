// What every page about a room has: its parts, what is told about it, and what has to be finished before it is left.

import { Lifetime } from "./lifetime.js";

const SEAT = /\/f\/[^/]+\//;

export class RoomParts extends EventTarget {
  #hooks = [];

  constructor(root) {
    super();
    Object.assign(this, { root, life: new Lifetime(), address: root.dataset.address });
    this.page = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  }

  // Under which name this browser keeps things of the room: its address, without the seat that it has in a frame.
  get place() { return this.address.replace(SEAT, "/"); }

  // An address in what was rendered for everybody who is in the room, as this page has it.
  here(address) { return address.startsWith(this.place) ? this.address + address.slice(this.place.length) : address; }

  part(name) { return this.root.querySelector(`[data-part="${name}"]`); }
  url(rest) { return this.address + rest; }

  on(name, act) { this.life.on(this, name, ({ detail }) => act(detail)); }
  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  take(state) { this.follower.take(state); }
  catchUp() { return this.follower.catchUp(); }

  // Something to finish before the room may be left: a function that resolves when it is done.
  beforeLeaving(hook) { this.#hooks.push(hook); }
  settled() { return Promise.all(this.#hooks.map((hook) => hook())); }

  show(name, is) {
    const part = this.part(name);
    if (part) part.hidden = !is;
  }

  problem(text) {
    this.part("problem-text").textContent = text;
    this.show("problem", Boolean(text));
  }
}
