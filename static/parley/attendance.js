// Tells the server that a page of the agent is open, and what they chose to be: available or away.

import { csrfToken } from "./post.js";

const EVERY = 60_000; // the server counts an agent as here for three minutes after a sign

async function say(address, fields = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  await fetch(address, { method: "POST", body, headers }).catch(() => {}); // the next sign may get through
}

export function startAttendance(address) {
  const here = () => say(address);
  here();
  setInterval(here, EVERY);
  addEventListener("pageshow", (event) => { if (event.persisted) here(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) here(); });
}

// The buttons above the lists.
export function startChoosing(address, lists) {
  lists.box.addEventListener("submit", async (event) => {
    if (event.target.dataset.part !== "presence-form") return;
    event.preventDefault();
    const chosen = event.submitter;
    for (const button of event.target.querySelectorAll("button")) button.ariaPressed = String(button === chosen);
    await say(address, { [chosen.name]: chosen.value });
    lists.refresh();
  });
}
