// What the server rendered, in its place.

import { calmly } from "./calm.js";
import { showTimes } from "./clock.js";
import { markup } from "./markup.js";

const shown = new WeakMap(); // by place

// Show it, as soon as nothing is pressed there; what is shown already stays as it is.
export function showIn(place, html) {
  calmly(place, () => { if (shown.get(place) !== html) showNow(place, html); });
}

export function showNow(place, html) {
  const fresh = document.createElement("div");
  fresh.innerHTML = markup(html); // escaped by the server
  showTimes(fresh);
  place.replaceChildren(...fresh.childNodes);
  shown.set(place, html);
}
