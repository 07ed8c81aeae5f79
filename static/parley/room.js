// The room of an agent or a customer.

import { reportActivity } from "./activity.js";
import { setServerTime, showTimes, tick } from "./clock.js";
import { startComposer } from "./composer.js";
import { startDialogs } from "./dialogs.js";
import { Room } from "./follow.js";
import { post, showProblem } from "./post.js";
import { Rows } from "./rows.js";

const page = JSON.parse(document.getElementById("page").textContent);
const words = document.getElementById("room-words").dataset;
const show = (id, is) => { const element = document.getElementById(id); if (element) element.hidden = !is; };

if (!page.newest) location.replace(location.pathname); // an address for browsers without script
setServerTime(page.now);
showTimes();
tick();
startDialogs();

const rows = new Rows(page.last);
rows.toEnd();
const room = new Room(page, rows, applyState);
startComposer(room);
startEarlier();
if (page.side === "agent") startAgent();
document.addEventListener("submit", submitLive);
document.documentElement.dataset.ready = "";

// What changes beside the rows.
function applyState({ status, chat, attach, open }) {
  const box = document.getElementById("status");
  const before = document.createElement("div");
  before.innerHTML = status;
  showTimes(before);
  if (box.dataset.shown !== status) { box.replaceChildren(...before.childNodes); box.dataset.shown = status; }
  show("composer", chat || attach);
  show("message-form", chat);
  show("file-form", attach);
  show("end-button", open);
  show("link-card", open);
  if (!open) document.getElementById("end-dialog").close();
}

// Forms that change the room without leaving it: End Session, Keep open.
async function submitLive(event) {
  const form = event.target.closest("form[data-live]");
  if (!form) return;
  event.preventDefault();
  form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  try {
    const { state, problem } = await post(form.action, { after: rows.last });
    form.closest("dialog")?.close();
    room.take(state);
    showProblem(problem);
  } catch {
    form.closest("dialog")?.close();
    showProblem(words.unreachable);
  }
  form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
}

function startEarlier() {
  const box = document.getElementById("earlier");
  box.querySelector("a").addEventListener("click", async (event) => {
    event.preventDefault();
    const response = await fetch(`earlier/?before=${rows.first()}`, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const { rows: found, more } = await response.json();
    rows.addBefore(found);
    box.hidden = !more;
  });
}

// On a small screen the customer's card takes the place of the conversation while it is open.
function startSide() {
  const toggle = document.getElementById("side-toggle");
  toggle.addEventListener("click", () => {
    const open = document.getElementById("side").classList.toggle("room-side-open");
    toggle.setAttribute("aria-expanded", String(open));
  });
}

function startAgent() {
  startSide();
  reportActivity(page.activity, page.session);
  const form = document.getElementById("link-form");
  const field = document.getElementById("link-text");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { state } = await post(form.action, {});
      field.value = state.link;
      show("link-shown", true);
      field.select();
    } catch {
      showProblem(words.unreachable);
    }
  });
  document.getElementById("link-copy").addEventListener("click", async (event) => {
    field.select();
    await navigator.clipboard?.writeText(field.value);
    event.currentTarget.title = words.copied;
  });
}
