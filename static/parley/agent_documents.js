// Documents in an agent's room: how far the customer has come, and the steps of sending one. The steps are pages of the
// server in a dialog; nothing of what is filled in there is lost before it is sent.

import { calmly } from "./calm.js";
import { showTimes } from "./clock.js";
import { markup } from "./markup.js";
import { post } from "./post.js";
import { roomWords } from "./words.js";

export function startDocuments(room) {
  startPanel(room);
  startSteps(room);
}

// Say how far a document is wherever it is listed below `root`; answers whether it is.
export function showProgress(root, { d, filled }) {
  const places = root.querySelectorAll(`[data-document="${CSS.escape(d)}"]`);
  for (const place of places) {
    for (const said of place.querySelectorAll("[data-progress]")) said.textContent = said.dataset.progress.replace("{done}", filled);
    for (const bar of place.querySelectorAll("progress")) bar.value = filled;
    for (const stage of place.querySelectorAll("[data-stage]")) stage.textContent = stage.dataset.busy;
  }
  return places.length > 0;
}

function startPanel(room) {
  room.on("state", ({ parts }) => {
    for (const [name, html] of Object.entries(parts)) put(room, name, html);
    room.show("documents-shortcut", room.part("documents-button") !== null);
  });
  room.on("document", (data) => {
    const known = showProgress(room.root, data);
    if (!known || room.follower.asking) room.catchUp(); // an answer on its way may be older
  });
}

// Whoever was in the old list by keyboard goes on from its heading.
function put(room, name, html) {
  const place = room.part(name);
  calmly(place, () => {
    if (place.dataset.shown === html) return;
    const inside = place.contains(document.activeElement);
    place.innerHTML = markup(html); // rendered and escaped by the server
    place.dataset.shown = html;
    showTimes(place);
    if (inside) place.querySelector("h2")?.focus();
  });
}

function startSteps(room) {
  const { life, root } = room;
  life.on(root, "submit", (event) => {
    const { target: form } = event;
    if (!form.matches("dialog form:is([data-step], [data-documents])")) return;
    event.preventDefault();
    if ("step" in form.dataset) go(form.closest("dialog"), stepAddress(form, event.submitter));
    else send(room, form);
  });
  life.on(root, "click", (event) => {
    const link = event.target.closest("dialog a:is([data-step], [data-closes])");
    if (!link) return;
    event.preventDefault();
    const dialog = link.closest("dialog");
    if ("closes" in link.dataset) dialog.close();
    else if (link.matches(".documents-back") && dialog.stepBefore) show(dialog, dialog.stepBefore);
    else go(dialog, link.href);
  });
  life.on(root, "input", ({ target }) => { if (target.matches("[data-part=documents-search]")) search(target); });
}

function stepAddress(form, button) {
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form, button));
  return address;
}

// The next step takes the place of the one before, which is kept as it was left.
async function go(dialog, href) {
  const address = new URL(href);
  const before = [...dialog.childNodes];
  try {
    const asked = new URL(address);
    asked.searchParams.set("part", "dialog");
    const response = await fetch(asked, { signal: AbortSignal.timeout(15_000) });
    if (!response.ok || response.redirected) throw new Error(`${response.status}`);
    show(dialog, fragment(await response.text()));
    dialog.stepBefore = before;
  } catch {
    location.assign(address); // the browser says better than we what is wrong
  }
}

function show(dialog, nodes) {
  dialog.replaceChildren(...nodes);
  dialog.scrollTop = 0;
  const wrong = dialog.querySelector("[aria-invalid=true]"); // what else is wrong is an alert, which is read out anyway
  (wrong ?? dialog.querySelector("input:not([type=hidden]), textarea, select, .dialog-buttons > *"))?.focus();
}

// Each document goes with a key of its own, so trying again never sends one twice.
async function send(room, form) {
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  const dialog = form.closest("dialog");
  try {
    const { state, problem } = await post(form.action, { ...Object.fromEntries(new FormData(form)), after: room.rows.last });
    if (!problem) dialog.close();
    else if (state.form) show(dialog, fragment(state.form));
    else say(form, problem);
    room.take(state);
  } catch (error) {
    say(form, error.problem || roomWords().unreachable);
  }
  delete form.dataset.sending;
}

function say(form, problem) {
  const place = form.querySelector("[data-problem]");
  place.textContent = problem;
  place.hidden = false;
}

function search(field) {
  const form = field.form;
  const words = field.value.toLowerCase().split(/\s+/);
  let found = 0;
  for (const choice of form.querySelectorAll("[data-part=documents-choice] > label")) {
    const name = choice.textContent.toLowerCase();
    choice.hidden = !words.every((word) => name.includes(word)) && !choice.control.checked;
    if (!choice.hidden) found += 1;
  }
  form.querySelector("[data-part=documents-none]").hidden = found > 0;
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = markup(html); // rendered and escaped by the server
  return document.importNode(template.content, true).childNodes;
}
