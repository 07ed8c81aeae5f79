// A page of Parley in a frame on a portal's page: it talks with the loader there, and with nobody else.

export class Frame {
  #acts = new Map();
  #untold = []; // until we know who is around us
  #sounds = false;

  constructor() {
    const data = JSON.parse(document.getElementById("frame").textContent);
    Object.assign(this, { start: data.start, key: data.key, open: false });
    this.#colour(data);
    addEventListener("message", ({ source, origin, data: said }) => {
      if (source !== parent || parent === window || !data.origins.includes(origin) || typeof said?.parley !== "string") return;
      this.#hear(origin, said.parley, said.detail ?? {});
    });
    document.addEventListener("click", ({ target }) => {
      if (target.closest("[data-minimises]")) this.tell("minimise");
      if (target.closest("[data-sounds]")) this.#sound(!this.#sounds);
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !this.#isOpenWithin()) this.tell("minimise"); });
  }

  // What to do when the loader says this: hello (who asks: session, what it was, token, link, draft, identity; whether it makes sounds), shown, hidden, end.
  on(name, act) { this.#acts.set(name, act); }

  tell(name, detail = {}) {
    if (this.origin) parent.postMessage({ parley: name, detail }, this.origin);
    else this.#untold.push([name, detail]);
  }

  // Something happened that the portal's own scripts may listen to.
  event(name, detail = {}) { this.tell("event", { name, detail }); }

  #hear(origin, name, detail) {
    if (name === "hello") this.#greeted(origin, detail);
    if (name === "shown" || name === "hidden") this.open = name === "shown";
    this.#acts.get(name)?.(detail);
  }

  #greeted(origin, { open, sounds }) {
    Object.assign(this, { origin, open });
    this.#show(sounds);
    this.tell("ready");
    for (const [name, detail] of this.#untold.splice(0)) this.tell(name, detail);
  }

  // The portal's page makes the sound, and remembers whether the customer wants it.
  #sound(on) {
    this.#show(on);
    this.tell("sounds", { on });
  }

  #show(on) {
    this.#sounds = on;
    const button = document.querySelector("[data-sounds]");
    button?.setAttribute("aria-pressed", String(on));
    button?.removeAttribute("disabled");
  }

  // Escape first closes what is open above the page.
  #isOpenWithin() { return document.querySelector("dialog[open], .panel:not([hidden])") !== null; }

  #colour({ colour, ink }) {
    const { style } = document.documentElement;
    style.setProperty("--widget-colour", colour);
    style.setProperty("--widget-ink", ink);
    style.setProperty("--widget-away", ink === "#000000" ? "#ffffff" : "#000000"); // away from the ink, when pressed
  }

  // Keeps telling the portal's page how many messages nobody has looked at.
  unread(count) { this.tell("unread", { count }); }
}
