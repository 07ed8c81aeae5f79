// Sending to the server and understanding its answer.

import { keptInTab } from "./kept.js";

// The cookie knows of a sign-in in another tab; the page's own field may be older.
export function csrfToken() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  return cookie?.slice("csrftoken=".length) ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

// The server took nothing, because it was too much in a short time: `problem` says so, after `seconds` it may be tried
// again.
class TooMuch extends Error {
  constructor(problem, seconds) {
    super(problem);
    Object.assign(this, { problem, seconds });
  }
}

// Rejects if this answer asks us to wait.
export async function mindPace(response) {
  if (response.status !== 429) return;
  const { problem = "" } = await response.json().catch(() => ({}));
  throw new TooMuch(problem, pauseOf(response.headers.get("Retry-After")));
}

// Seconds to wait, as the header says.
export const pauseOf = (header) => Number(header) || 10;

// Milliseconds until it is worth trying again what failed with this error; `usual` for one that says nothing of it.
export const pauseAfter = (error, usual) => Math.max(usual, (error?.seconds ?? 0) * 1_000);

// Post fields. Resolves to {state, problem}: the room as it is now, and why the server declined, if it did.
// Rejects when the server cannot be reached, failed itself, or asks us to wait (`problem` of the error then says so): then
// it is worth trying again. Where nobody is signed in
// any more the page is loaded anew, which says so; what was written stays in the outbox.
export async function post(address, fields, patience = 20_000) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  const response = await fetch(address, { method: "POST", body, headers, signal: AbortSignal.timeout(patience) });
  await mindPace(response);
  const understood = response.headers.get("content-type")?.startsWith("application/json");
  if (!understood && (response.redirected || response.status === 403)) reloadOnce();
  if (!understood || response.status >= 500) throw new Error(`${response.status}`);
  const state = await response.json();
  mindElsewhere(state);
  return { state, problem: state.problem ?? "" };
}

// Load the page anew, but never again and again.
export function reloadOnce() {
  const last = Number(keptInTab.get("parley:reloaded"));
  if (Date.now() - last < 60_000) return;
  keptInTab.set("parley:reloaded", String(Date.now()));
  location.reload();
}

let elsewhere = false;

// Whether the page knows that the conversation goes on in another browser: then it sends nothing any more.
export function isElsewhere() { return elsewhere; }

// Tells the page so.
export function goesOnElsewhere() {
  elsewhere = true;
  dispatchEvent(new Event("parley:elsewhere"));
}

// Throws if that is what the server says: nothing was taken, and what was sent stays where it is kept.
export function mindElsewhere(state) {
  if (!state.elsewhere) return;
  goesOnElsewhere();
  throw new Error(state.problem);
}
