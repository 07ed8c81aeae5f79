// Draws attention to what is new in the lists: a sound, a notification of the browser, and the number in the title.

import { isOn } from "./device.js";

const TONES = [[880, 0], [1175, 0.12]]; // hertz, and seconds from now
const LENGTH = 0.12;

export class Alerts {
  #known;
  #audio;

  // `words` are what is said of each kind (`newSession`, ...); `inView` is the id of the room in view, or "".
  constructor({ lists, words, inView, open }) {
    Object.assign(this, { lists, words, inView, open });
    this.#known = this.#items();
    lists.addEventListener("shown", () => this.look());
    // One tab is enough to make a noise; where browsers have no locks, each does.
    this.speaks = !navigator.locks;
    navigator.locks?.request("parley:alerts", () => new Promise(() => { this.speaks = true; }));
    addEventListener("pointerdown", () => this.#wakeAudio(), { capture: true });
    addEventListener("keydown", () => this.#wakeAudio(), { capture: true });
  }

  // How much is unread in all sessions.
  get unread() { return [...this.#known.values()].reduce((sum, { unread }) => sum + unread, 0); }

  look() {
    const before = this.#known;
    this.#known = this.#items();
    const fresh = [...this.#known].filter(([key, { unread }]) => !before.has(key) || unread > before.get(key).unread);
    const back = [...this.#known].filter(([key, { isAway }]) => !isAway && before.get(key)?.isAway);
    const news = [...fresh.map(([, item]) => item), ...back.map(([, item]) => ({ ...item, kind: "return" }))];
    const worth = news.filter((item) => this.#isWorth(item));
    if (!worth.length || !this.speaks) return;
    if (isOn("sound")) this.#beep();
    if (isOn("notify") && document.hidden) worth.forEach((item) => this.#notify(item));
  }

  // New sessions of one's own are no news, and neither is what one looks at.
  #isWorth({ kind, unread, id }) {
    if (kind === "session" && !unread) return false;
    return document.hidden || id !== this.inView();
  }

  #items() {
    const items = [...this.lists.place.querySelectorAll("[data-alert]")].map(({ dataset }) => dataset);
    return new Map(items.map(({ alert: kind, id, name, unread = "0", away }) => [`${kind}:${id}`, { kind, id, name, unread: Number(unread), isAway: away !== undefined }]));
  }

  #notify({ kind, id, name }) {
    if (window.Notification?.permission !== "granted") return;
    const word = this.words[`new${kind.split("-").map((part) => part[0].toUpperCase() + part.slice(1)).join("")}`];
    const shown = new Notification(word.replace("{name}", name), { tag: id, icon: document.querySelector("link[rel=icon]")?.href });
    shown.onclick = () => {
      focus();
      shown.close();
      this.open(id);
    };
  }

  // Browsers let a page be heard only after somebody touched it.
  #wakeAudio() {
    this.#audio ??= window.AudioContext && new AudioContext();
    if (this.#audio?.state === "suspended") this.#audio.resume();
  }

  #beep() {
    const audio = this.#audio;
    if (audio?.state !== "running") return;
    for (const [hertz, later] of TONES) {
      const tone = new OscillatorNode(audio, { frequency: hertz });
      const volume = new GainNode(audio, { gain: 0.06 });
      const start = audio.currentTime + later;
      volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + LENGTH);
    }
  }
}
