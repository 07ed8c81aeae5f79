// A question that the server asks before something is done (`a[data-asks]`), as a dialog of the page that is open.
// Without this script, or when the server cannot be reached, the link leads to the question as a page of its own.

import { markup } from "./markup.js";

export function startAsking() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-asks]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    ask(link).catch(() => location.assign(link.href));
  });
}

async function ask(link) {
  const address = new URL(link.href);
  const place = link.closest("[data-room]") ?? document.body; // until there is an answer the link may have been replaced
  address.searchParams.set("part", "dialog");
  const response = await fetch(address, { signal: AbortSignal.timeout(15_000) });
  if (!response.ok || response.redirected) throw new Error(`${response.status}`);
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "asked-title");
  dialog.innerHTML = markup(await response.text()); // rendered and escaped by the server
  dialog.querySelector("[data-closes]").addEventListener("click", (event) => { event.preventDefault(); dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  place.append(dialog);
  dialog.showModal();
}
