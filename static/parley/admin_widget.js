// Chat widget in Django admin: how it looks while somebody types, texts to copy, hours to copy, the chosen time limit.

const form = document.querySelector(".widget-form")?.closest("form");
const section = document.querySelector("[data-preview]");
const look = section?.querySelector("[data-look]");

for (const button of document.querySelectorAll("[data-copy]")) offer(button);
if (form && look) {
  look.hidden = false;
  look.addEventListener("click", choose);
  for (const kind of ["input", "change"]) form.addEventListener(kind, draw);
  draw();
  followInk();
}
if (form) {
  for (const place of form.querySelectorAll("[data-copy-hours]")) offerHours(place);
  const shown = section.querySelector("[data-preview-shown]");
  for (const follow of [followLimit, followInk]) new MutationObserver(follow).observe(shown, { childList: true });
  const tabs = form.querySelector("[role=tablist]");
  new MutationObserver(followTab).observe(tabs, { subtree: true, attributeFilter: ["aria-selected"] });
  followTab();
}

// How it looks ------------------------------------------------------------------------------------------------------

function draw() {
  const typed = new FormData(form);
  const picture = look.querySelector(".look");
  for (const one of picture.querySelectorAll("[data-look-of]")) {
    one.textContent = typed.get(one.dataset.lookOf) ?? "";
    one.classList.toggle("look-empty", !one.textContent.trim());
  }
  for (const one of picture.querySelectorAll("[data-look-ask]")) {
    const asked = typed.get(one.dataset.lookAsk);
    one.hidden = asked === "no";
    one.classList.toggle("look-required", asked === "required");
  }
  picture.dataset.corner = typed.get("corner") ?? "right";
  picture.style.setProperty("--look-colour", typed.get("colour") ?? "");
}

// What text on the colour is written in is decided by the server, as it is for the widget itself.
function followInk() {
  const ink = section.querySelector("[data-ink]")?.dataset.ink;
  if (ink) look?.querySelector(".look").style.setProperty("--look-ink", ink);
}

function choose(event) {
  const button = event.target.closest("[data-set]");
  if (!button) return;
  look.querySelector(".look").dataset[button.dataset.set] = button.dataset.to;
  for (const one of button.parentElement.children) one.setAttribute("aria-pressed", `${one === button}`);
}

// Beside the tabs that say nothing of the look there is room for the rest of the preview.
function followTab() {
  const shown = form.querySelector("[role=tab][aria-selected=true]");
  section.dataset.tab = shown?.id ?? "";
}

// The time limit is that of the workstream that is chosen -----------------------------------------------------------

function followLimit() {
  const chosen = section.querySelector("[data-chosen-limit]");
  const shown = form.querySelector("[data-limit]");
  if (!chosen || !shown) return;
  shown.textContent = chosen.dataset.chosenLimit;
  const page = form.querySelector("[data-limit-page]");
  page.href = chosen.dataset.chosenPage;
  page.classList.remove("hidden");
}

// Copying -----------------------------------------------------------------------------------------------------------

function offer(button) {
  button.hidden = false;
  const text = button.parentElement.querySelector("code");
  const label = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      getSelection().selectAllChildren(text); // not allowed here: the keyboard can copy it
      return;
    }
    button.textContent = button.parentElement.querySelector("[role=status]").textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), 2000);
  });
}

function offerHours(place) {
  place.hidden = false;
  const days = [...place.parentElement.querySelectorAll(".widget-hours input")];
  place.querySelector("button").addEventListener("click", () => {
    for (const day of days.slice(1, 5)) day.value = days[0].value;
    days[0].dispatchEvent(new Event("change", { bubbles: true }));
  });
}
