// Tells the server that the customer is in the middle of something, at most every 15 s: where the policy says so, the
// session then does not close by itself. An untouched page says nothing.

import { csrfToken } from "./post.js";

const EVERY = 15_000;
let told = -Infinity;

export function reportBusy(room) {
  if (performance.now() - told < EVERY) return;
  told = performance.now();
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  fetch(room.url("busy/"), { method: "POST", headers }).catch(() => { told = -Infinity; });
}

// While something takes long, such as an upload. Returns what to call at its end.
export function whileBusy(room) {
  reportBusy(room);
  const timer = setInterval(() => reportBusy(room), EVERY);
  return () => clearInterval(timer);
}
