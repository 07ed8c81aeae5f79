// The agent's welcome page: its lists follow what happens.

import { reportActivity } from "./activity.js";
import { showTimes, tick } from "./clock.js";
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

async function refresh() {
  const response = await fetch(lists.dataset.url).catch(() => null);
  if (!response?.ok) return;
  if (response.redirected) { location.reload(); return; }
  const shown = document.createElement("div");
  shown.innerHTML = await response.text();
  showTimes(shown);
  lists.replaceChildren(...shown.childNodes);
  listen(lists.querySelector("[data-stream]"));
}

function listen({ dataset }) {
  stream.listen(dataset.stream, Number(dataset.until));
}
