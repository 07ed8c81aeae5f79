// How both are called, wherever a room says it (`data-name`), and what agents know of the customer.

import { showTimes } from "./clock.js";
import { markup } from "./markup.js";

export function startNames(room) {
  let shown = room.page.names;
  const facts = room.part("facts");

  room.on("state", ({ names, facts: known }) => {
    for (const side of ["customer", "agent"]) if (names[side] !== shown[side]) rename(side, names[side]);
    if (names.customer !== shown.customer && "title" in room.root.dataset) room.root.dataset.title = names.customer;
    shown = names;
    if (facts) showFacts(known);
    room.show("edit-customer", room.page.holds);
  });

  function rename(side, name) {
    for (const one of room.root.querySelectorAll(`[data-name="${side}"]`)) one.textContent = name;
  }

  function showFacts(known) {
    if (facts.dataset.shown === known) return;
    facts.dataset.shown = known;
    facts.innerHTML = markup(known); // rendered and escaped by the server
    showTimes(facts);
  }
}
