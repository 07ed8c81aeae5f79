// The conversation goes on in another browser: take it back into this one.

import { Frame } from "./frame.js";

const frame = new Frame();
const [button, said] = ["take-back", "said"].map((name) => document.querySelector(`[data-part="${name}"]`));
let told;

frame.on("hello", (hello) => {
  told = hello;
  button.disabled = false;
});
button.addEventListener("click", async () => {
  button.disabled = true;
  said.textContent = "";
  const body = new FormData();
  const { session } = button.dataset;
  for (const [name, value] of Object.entries({ session, token: told.token, identity: told.identity })) body.append(name, value);
  const asked = { method: "POST", body, credentials: "omit", headers: { Accept: "application/json" } };
  const response = await fetch(button.dataset.address, asked).catch(() => null);
  const answer = response?.ok ? await response.json().catch(() => null) : null;
  if (answer?.offer === "room") location.replace(answer.address);
  else if (answer) location.replace(frame.start); // there is nothing to take back any more: what there is, is said there
  else said.textContent = said.dataset.failed;
  button.disabled = false;
});
