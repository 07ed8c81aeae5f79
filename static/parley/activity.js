// Tells the server that the agent really did something here, at most every 15 s (rules.md 3). An open, untouched tab
// says nothing. The first input is told at once, later ones together, so that a session never ends early.

import { csrfToken } from "./post.js";

const EVERY = 15_000;
const RETRY = 5_000;
const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "touchstart"];

export function reportActivity(address, session) {
  let told = -Infinity;
  let timer;
  const tell = () => {
    timer = undefined;
    told = performance.now();
    const body = new FormData();
    body.append("session", session);
    fetch(address, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": csrfToken() } })
      .then((response) => { if (!response.ok) retry(); })
      .catch(retry);
  };
  const retry = () => { timer ??= setTimeout(tell, RETRY); };
  const tellNow = () => { if (timer !== undefined) { clearTimeout(timer); tell(); } };
  const noticed = (event) => {
    if (event.isTrusted && timer === undefined) timer = setTimeout(tell, Math.max(0, EVERY - (performance.now() - told)));
  };
  // What is not told yet must not be lost when the page goes away.
  addEventListener("pagehide", tellNow);
  document.addEventListener("visibilitychange", () => { if (document.hidden) tellNow(); });
  for (const name of INPUTS) addEventListener(name, noticed, { capture: true, passive: true });
}
