// Pages of document templates in Django admin: how far reading has come, a file that is too large, fields and boxes.

const EVERY = 1500; // milliseconds
const USUAL = 30_000;

const reading = document.querySelector(".documents-reading");
const since = Date.now();

async function look() {
  try {
    const answer = await fetch(reading.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    if ((await answer.json()).state !== reading.dataset.was) return location.reload();
  } catch {
    // the server cannot be reached right now: ask again
  }
  if (Date.now() - since > USUAL) reading.querySelector("[data-part=slow]").hidden = false;
  setTimeout(look, EVERY);
}

if (reading) setTimeout(look, EVERY);

// The server says so, too, but only after everything was sent.
const input = document.querySelector("input[type=file][data-largest]");
input?.addEventListener("change", () => {
  const file = input.files[0];
  const isTooLarge = file && file.size > Number(input.dataset.largest);
  input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
  if (isTooLarge) { input.reportValidity(); input.value = ""; }
});

// A field and its boxes are marked together.
const marked = document.querySelector(".documents-columns");
for (const [on, does] of [["pointerover", "add"], ["pointerout", "remove"], ["focusin", "add"], ["focusout", "remove"]]) {
  marked?.addEventListener(on, (event) => {
    const number = event.target.closest("[data-number]")?.dataset.number;
    if (number) for (const one of marked.querySelectorAll(`[data-number="${number}"]`)) one.classList[does]("is-marked");
  });
}
