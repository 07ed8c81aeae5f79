// The start page of the widget: asks what whoever is here is offered, and shows it. On any doubt it says so and asks
// again; it never begins a chat that nobody asked for.

import { setServerTime, showTimes, tick } from "../clock.js";
import { newKey } from "../key.js";
import { markup } from "../markup.js";
import { Frame } from "./frame.js";

const RETRY = [3_000, 5_000, 10_000, 20_000, 30_000];
const PATIENCE = 20_000;

const frame = new Frame();
const place = document.querySelector("[data-part=offer]");
const states = [...document.querySelectorAll("[data-state]")];
const fresh = location.hash === "#new"; // somebody asked for a new chat: what is over is not gone back to
let told; // by the loader: who asks
let asking; // the question that is under way
let again; // what to try again
let failures = 0;
let timer;

tick();
frame.on("hello", (said) => {
  const before = told;
  told = { ...said, link: said.link || before?.link || "" }; // it may work as soon as we hear who is signed in
  if (before && before.session === said.session && before.identity === said.identity) return;
  enter();
});
frame.on("shown", () => focusOn());
document.querySelector("[data-part=retry]").addEventListener("click", () => again?.());
place.addEventListener("click", ({ target }) => {
  const { continues, starts, retries } = target.closest("button")?.dataset ?? {};
  if (continues !== undefined) choose(continues);
  if (starts !== undefined) showForm();
  if (retries !== undefined) enter();
});
place.addEventListener("submit", (event) => {
  event.preventDefault();
  begin(event.target);
});
place.addEventListener("input", ({ target }) => frame.tell("draft", draftOf(target.form)));

// Asking --------------------------------------------------------------------------------------------------------------

function enter() {
  const { session, was, link } = fresh ? { session: "", was: "", link: "" } : told;
  ask("enter", { session, was, link });
}

const choose = (session) => ask("continue", { session });

// The loader remembers the chat before it is there: if the answer is lost, the next page finds it.
function begin(form) {
  form.dataset.key ??= newKey();
  frame.tell("session", { session: form.dataset.key });
  told.session = form.dataset.key;
  ask("start", { ...Object.fromEntries(new FormData(form)), public_id: form.dataset.key }, form);
}

async function ask(what, fields, form) {
  clearTimeout(timer);
  const mine = asking = {};
  again = () => ask(what, fields, form);
  if (form) form.querySelector("button").disabled = true;
  else if (!failures) show("connecting");
  const answer = await post(what, fields);
  if (mine !== asking) return;
  if (form) form.querySelector("button").disabled = false;
  if (answer) take(answer, form);
  else doubt();
}

// What the server says; nothing if that cannot be told: it cannot be reached, or does not know itself.
async function post(what, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ token: told.token, identity: told.identity, ...fields })) body.append(name, value);
  const asked = { method: "POST", body, credentials: "omit", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) };
  const response = await fetch(`${frame.start}${what}/`, asked).catch(() => null);
  if (!response || response.status >= 500) return null;
  return response.json().then(({ offer, ...rest }) => (offer ? { offer, ...rest } : null)).catch(() => null);
}

// Answers ---------------------------------------------------------------------------------------------------------

function take(answer, form) {
  failures = 0;
  if (!["not_now", "sign_in"].includes(answer.offer)) frame.tell("entered"); // the link was looked at
  if (answer.error) frame.event("error", { message: answer.error });
  ACTS[answer.offer](answer, form);
}

const ACTS = {
  room({ session, address }, form) {
    frame.tell("session", { session });
    frame.tell("draft", null);
    if (form) frame.event("started", { session });
    location.replace(address);
  },
  redirect({ address }) { frame.tell("redirect", { address, once: true }); },
  prompt: ({ html }) => offer(html),
  new_chat({ html }) {
    offer(html);
    if (!place.querySelector("[data-earlier]")) frame.tell("session", { session: told.session = "" });
  },
  sign_in: ({ html }) => offer(html),
  not_now({ html, retry_after: seconds }) {
    offer(html);
    if (seconds !== null) timer = setTimeout(() => again(), seconds * 1_000);
  },
  asked({ problem, field }, form) {
    const box = form.querySelector("[data-part=problem]");
    box.textContent = problem;
    box.hidden = false;
    form.elements.namedItem(field)?.setAttribute("aria-invalid", "true");
    (form.elements.namedItem(field) ?? box).focus();
  },
};

function doubt() {
  show("doubt");
  timer = setTimeout(again, RETRY[Math.min(failures++, RETRY.length - 1)]);
}

// Showing ---------------------------------------------------------------------------------------------------------

function offer(html) {
  place.innerHTML = markup(html); // rendered and escaped by the server
  setServerTime(Date.now());
  showTimes(place);
  const form = place.querySelector("form");
  for (const [name, text] of Object.entries((form && told.draft) ?? {})) {
    const field = form.elements.namedItem(name);
    if (field && field.type !== "hidden") field.value = text;
  }
  show("offer");
}

function showForm() {
  place.querySelector("[data-part=prompt]").hidden = true;
  place.querySelector("[data-part=new-chat]").hidden = false;
  focusOn();
}

function show(name) {
  for (const state of states) state.hidden = state.dataset.state !== name;
  focusOn();
}

// A field where there is a keyboard; on a phone the heading, so that nothing covers what is to be read.
function focusOn() {
  if (!frame.open) return;
  const seen = states.find((state) => !state.hidden);
  const shown = (selector) => [...seen.querySelectorAll(selector)].find((one) => !one.closest("[hidden]"));
  const field = matchMedia("(pointer: coarse)").matches ? null : shown("form input:not([type=hidden]), form textarea");
  (field ?? shown("h1"))?.focus();
}

function draftOf(form) {
  return Object.fromEntries([...new FormData(form)].filter(([name]) => form.elements.namedItem(name).type !== "hidden"));
}
