// Tells the push processes that a page of a widget's customer is there: every few seconds while it is in view, at once
// when it is hidden or closed, so that a locked phone is not taken for one that was switched off. Each page calls itself
// by a name of its own: closing a tab says nothing about another one.

import { post } from "./post.js";

const EVERY = 3_000; // as far as a word reaches (`Timing.visible`)
const WHILE_HIDDEN = 30_000; // where the browser lets us; such a word reaches for minutes
const PATIENCE = 5_000; // in a tunnel, requests on an old connection hang

// Speaks for as long as the room's page state has an address for it (`beats`).
export function startBeats(room) {
  const page = Array.from(crypto.getRandomValues(new Uint8Array(8)), (one) => one.toString(16).padStart(2, "0")).join("");
  const word = (state) => new URLSearchParams({ state, page });
  let said = -Infinity;

  async function beat() {
    if (!room.page.beats) return;
    said = performance.now();
    const body = word(document.hidden ? "hidden" : "visible");
    const asked = { method: "POST", body, credentials: "omit", signal: AbortSignal.timeout(PATIENCE) };
    const response = await fetch(room.page.beats, asked).catch(() => null); // the next word may get through
    if (response?.status === 403) room.catchUp(); // the ticket is over, as after a long sleep
  }

  // What is said last must get out though the page is frozen or goes away. Browsers hide a page after they closed it:
  // that is not said any more.
  let closed = false;
  const parting = (state) => {
    if (room.page.beats && !closed) navigator.sendBeacon(room.page.beats, word(state));
    closed = state === "closing";
  };

  room.life.every(EVERY, () => { if (!document.hidden || performance.now() - said >= WHILE_HIDDEN) beat(); });
  room.life.on(document, "visibilitychange", () => { if (document.hidden) parting("hidden"); else beat(); });
  room.life.on(window, "pageshow", (event) => { closed = false; if (event.persisted) beat(); });
  room.life.on(window, "online", beat);
  room.life.on(window, "pagehide", (event) => parting(event.persisted ? "hidden" : "closing"));
  beat();
  goOn(room);
}

// A page that was away for longer than the grace says that it is back, once for each time. Only looking changes nothing.
function goOn(room) {
  let told = false;
  const look = async ({ away }) => {
    if (!away) told = false;
    if (!away || told) return;
    told = true;
    try {
      const { state } = await post(room.url("back/"), { after: room.rows.last });
      room.take(state);
    } catch {
      told = false; // the next answer of the server brings us here again
    }
  };
  room.on("state", look);
  look(room.page);
}
