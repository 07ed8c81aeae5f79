// Submitting a form. A retry after a drop has the same key, so that it is submitted once.

import { newKey } from "./key.js";
import { markup } from "./markup.js";
import { post } from "./post.js";

export function startSubmit(page) {
  const [form, consent, text, said, button] = ["form", "consent", "consent-text", "consent-problem", "submit-button"].map((name) => page.part(name));
  let key = newKey();
  let busy = false;

  const problem = (text) => {
    said.textContent = text;
    if (text) consent.setAttribute("aria-invalid", "true");
    else consent.removeAttribute("aria-invalid");
  };
  consent.addEventListener("change", () => { if (consent.checked) problem(""); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    if (page.view !== "review") { page.show("review"); return; } // Enter in a field of a whole page
    if (page.review.show()) { page.part("missing").querySelector("button").focus(); return; }
    problem(consent.checked ? "" : said.dataset.said);
    if (consent.checked) send();
    else consent.focus();
  });

  // The page may have been open for long: what is agreed to has to be read.
  function agreeTo(newest) {
    if (newest === consent.value) return;
    text.textContent = consent.value = newest;
    consent.checked = false;
    problem(said.dataset.said);
  }

  async function send() {
    const label = button.innerHTML;
    busy = true;
    button.disabled = true;
    button.textContent = page.words.submitting;
    page.room.problem("");
    try {
      while (page.store.saving) await page.store.saving;
      const values = JSON.stringify(page.store.sent());
      const { state, problem: refused } = await post(form.action, { values, consent: consent.value, key });
      if (state.leads_to) { page.store.forget(); location.replace(state.leads_to); return; }
      key = newKey();
      page.room.problem(refused);
      if (state.values) page.store.take(state);
      if (state.consent) agreeTo(state.consent);
      page.review.show();
      page.room.catchUp();
    } catch (error) {
      page.room.problem(error.problem || page.words.unreachable);
      page.store.flush();
    }
    busy = false;
    button.disabled = false;
    button.innerHTML = markup(label); // ours, as it was
  }
}
