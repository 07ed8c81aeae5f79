// Dialogs that confirm: a button names the part that it opens, in its own room or else in the page.

export function startDialogs() {
  document.addEventListener("click", (event) => { // buttons come and go with rooms and their state
    const opener = event.target.closest("[data-opens]");
    const scope = opener?.closest("[data-room]") ?? document;
    if (opener) scope.querySelector(`[data-part="${opener.dataset.opens}"]`).showModal();
    event.target.closest("[data-closes]")?.closest("dialog").close();
  });
}
