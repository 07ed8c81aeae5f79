// A document that an agent looks at, which follows what its customer does. Pictures of pages stay as they are.

import { showTimes, tick } from "./clock.js";
import { markup } from "./markup.js";
import { reloadOnce } from "./post.js";
import { Stream } from "./stream.js";

const EVERY = 30_000; // also in time for a new address to listen at
const ANYWAY = 5_000; // while the line is not live
const GATHER = 700; // milliseconds in which what happens is asked about together

const root = document.getElementById("document");
const line = new Stream({ missed: () => look(), renew: () => look() });
for (const name of ["row", "document"]) line.on(name, ({ s }) => { if (s === root.dataset.session) soon(); });
showTimes();
tick();
listen(JSON.parse(document.getElementById("document-line").textContent));
setInterval(() => look(), EVERY);
setInterval(() => { if (!line.live && !document.hidden) look(); }, ANYWAY);
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
document.documentElement.dataset.ready = "";

let timer;
let asking = false;
let again = false;

function listen({ stream, until, topics }) { line.listen(stream, until, topics); }

function soon() {
  timer ??= setTimeout(() => { timer = undefined; look(); }, GATHER);
}

// One question at a time, and once more if something came up meanwhile.
async function look() {
  if (asking) { again = true; return; }
  asking = true;
  await ask().catch(() => {}); // what is shown stays; the next question comes by itself
  asking = false;
  if (again) { again = false; look(); }
}

async function ask() {
  const address = `${root.dataset.address}?part=live`;
  const response = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15_000) });
  if (response.redirected || response.status === 403 || response.status === 404) { reloadOnce(); return; }
  if (!response.ok) return;
  const { body, line: next } = await response.json();
  const fresh = document.createElement("template");
  fresh.innerHTML = markup(body); // rendered and escaped by the server
  for (const part of fresh.content.querySelectorAll("[data-part]")) put(part);
  listen(next);
}

// `asked` is what the server said last, since moments are said differently once they are shown.
function put(part) {
  const place = root.querySelector(`[data-part="${part.dataset.part}"]`);
  if (!place || place.asked === part.innerHTML) return;
  const inside = place.contains(document.activeElement);
  place.asked = part.innerHTML;
  place.innerHTML = markup(part.innerHTML);
  showTimes(place);
  if (inside) { place.tabIndex = -1; place.focus(); }
}
