// What is asked of the customer, on top of their room: files that were asked for are added here.

import { Uploads } from "./uploads.js";

const SOON = 1_000;

export function startDocuments(room) {
  const box = room.part("documents");
  const uploads = new Map(); // by the document, since what is shown of it is replaced
  let timer;

  room.line.on("document", () => {
    clearTimeout(timer);
    timer = room.life.after(SOON, () => room.catchUp());
  });
  room.life.on(box, "change", ({ target }) => { if (target.closest("[data-asks-files]")) take(target); });
  // While somebody looks for a file the list may be shown anew: the field that they opened is then no part of it.
  room.life.on(box, "click", ({ target }) => {
    if (!target.matches("[data-asks-files] input[type=file]")) return;
    target.onchange = () => { if (!box.contains(target)) take(target); };
  });
  room.on("state", show);
  show();

  function take(input) {
    const files = [...input.files];
    input.value = "";
    uploadsOf(input).add(files);
    show();
  }

  // Files that are on their way stay where they are asked for.
  function show() {
    for (const item of box.querySelectorAll("[data-document]")) {
      for (const input of item.querySelectorAll("[data-several]")) input.multiple = true;
      const list = uploads.get(item.dataset.document)?.place.list;
      if (list && !item.contains(list)) item.querySelector("[data-pending]")?.replaceWith(list);
    }
  }

  function uploadsOf(input) {
    const item = input.closest("[data-document]");
    const { document: id } = item.dataset;
    if (!uploads.has(id)) {
      const place = { form: input.form, words: { ...input.dataset }, list: item.querySelector("[data-pending]") };
      uploads.set(id, new Uploads(room, place));
    }
    uploads.get(id).place.form = input.form; // what is shown of the document is replaced now and then
    return uploads.get(id);
  }
}
