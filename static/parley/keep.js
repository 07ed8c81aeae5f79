// Beside a room: the conversation to keep, and the earlier sessions of its customer.

import { showTimes } from "./clock.js";
import { markup } from "./markup.js";
import { post } from "./post.js";

const LOOK_EVERY = 1000;
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

// Links to the transcript say in which zone its times are wanted; as PDF it is ordered, and fetched when it is there.
export function startKeeping(room) {
  for (const link of room.root.querySelectorAll("a[data-in-zone]")) {
    const address = new URL(link.href);
    address.searchParams.set("zone", zone());
    link.href = address;
  }
  room.life.on(room.root, "submit", async (event) => {
    const form = event.target.closest("form[data-keep]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    await save(room, form, form.parentElement.querySelector("[data-kept]"));
    button.disabled = false;
  });
}

async function save(room, form, says) {
  says.textContent = says.dataset.waits;
  try {
    let { state } = await post(form.action, { zone: zone() });
    while (state.waits && !room.life.over) {
      await new Promise((done) => setTimeout(done, LOOK_EVERY));
      state = await howFar(form.dataset.keep);
    }
    if (room.life.over) return;
    says.textContent = state.ready ? says.dataset.ready : state.problem;
    if (state.ready) location.assign(form.dataset.keep); // a download: the page stays
  } catch (error) {
    says.textContent = error.problem || says.dataset.unreachable;
  }
}

async function howFar(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15_000) });
  return response.json();
}

// The customer's earlier sessions, once the room is there, and again when what is known of the customer changed.
export function startEarlierSessions(room) {
  const box = room.part("earlier-sessions");
  let known = room.page.facts;
  show(room, box);
  room.on("state", ({ facts }) => {
    if (facts === known) return;
    known = facts;
    show(room, box);
  });
}

async function show(room, box) {
  const response = await fetch(box.dataset.url, { signal: AbortSignal.timeout(15_000) }).catch(() => null);
  if (!response?.ok || response.redirected || room.life.over) return;
  box.innerHTML = markup(await response.text()); // rendered and escaped by the server
  showTimes(box);
  box.hidden = !box.firstElementChild;
}
