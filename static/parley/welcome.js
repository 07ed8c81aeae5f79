// The agent's welcome page: its lists follow what happens.

import { reportActivity } from "./activity.js";
import { showTimes, tick } from "./clock.js";
import { reloadOnce } from "./post.js";
import { Stream } from "./stream.js";

const lists = document.getElementById("sessions");
showTimes();
tick();
reportActivity(lists.dataset.activity, "");

const stream = new Stream({ sessions: soon, missed: soon, renew: refresh });
listen(lists);
setInterval(refresh, 30_000);
addEventListener("online", refresh);
addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
addEventListener("pagehide", () => stream.close());
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });

let timer;
function soon() {
  timer ??= setTimeout(() => { timer = undefined; refresh(); }, 300);
}

// One question at a time, and once more if something came up meanwhile.
let asking = false;
let askAgain = false;
async function refresh() {
  if (asking) { askAgain = true; return; }
  asking = true;
  await ask().catch(() => {});
  asking = false;
  if (askAgain) { askAgain = false; refresh(); }
}

async function ask() {
  const response = await fetch(lists.dataset.url, { signal: AbortSignal.timeout(15_000) });
  if (response.redirected) { reloadOnce(); return; }
  if (!response.ok) return;
  const shown = document.createElement("div");
  shown.innerHTML = await response.text();
  showTimes(shown);
  lists.replaceChildren(...shown.childNodes);
  listen(lists.querySelector("[data-stream]"));
}

function listen({ dataset }) {
  stream.listen(dataset.stream, Number(dataset.until));
}
