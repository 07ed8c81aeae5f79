// Starting a session from the welcome pane without leaving the page.

import { showTimes } from "./clock.js";

export function startForms(box, panes) {
  box.addEventListener("submit", (event) => {
    if (event.target.id !== "start-form") return;
    event.preventDefault();
    start(event.target, event.submitter, panes);
  });
}

// Which button was pressed says whether the customer is invited now.
async function start(form, button, panes) {
  const body = new FormData(form, button);
  const buttons = [...form.querySelectorAll("button")];
  for (const one of buttons) one.disabled = true;
  try {
    const response = await fetch(`${form.action}?part=room`, { method: "POST", body });
    const html = await response.text();
    if (response.ok && html.includes("data-room=")) panes.started(html);
    else if (response.status === 422) declined(html, panes);
    else throw new Error(`${response.status}`);
  } catch {
    if (button?.name) form.append(hidden(button));
    form.submit(); // once more, as a plain form: its key keeps it from starting twice
  }
  for (const one of buttons) one.disabled = false;
}

// The form again, with what is wrong in it, or with what the customer has open already.
function declined(html, panes) {
  panes.declined(html);
  showTimes(panes.pane);
  panes.pane.querySelector("[data-part=known]")?.focus();
}

// What a pressed button says, for a form that is sent by script.
function hidden(button) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: button.name, value: button.value });
  return field;
}
