// Passkeys: shows the forms that need them, asks the browser, and sends what it answers as the form would.

import { csrfToken } from "./post.js";

const knows = Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON && navigator.credentials);

async function asked(form) {
  const body = new FormData();
  if ("halfWay" in form.dataset) body.append("half_way", "1");
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  const answer = await fetch(form.dataset.ask, { method: "POST", body, headers });
  if (!answer.ok || answer.redirected) location.reload(); // the page says why
  return (await answer.json()).publicKey;
}

async function made(form) {
  const options = await asked(form);
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

for (const form of knows ? document.querySelectorAll("form[data-passkey]") : []) {
  const problem = form.querySelector("[data-part=passkey-problem]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    const button = event.submitter;
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(await made(form));
      form.submit();
    } catch { // called off, timed out, or the device has none
      problem.hidden = false;
      button.disabled = false;
    }
  });
}
const without = document.querySelector("[data-part=no-passkeys]");
if (knows && without) without.hidden = true;
