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
  room.on("state", show);
  show();

  function take(input) {
    const files = [...input.files];
    input.value = "";
    uploadsOf(input).add(files);
    show();
  }

  // Each field listens by itself: while somebody looks for a file the list may be shown anew, and theirs is then no part
  // of it. A file may have been chosen before this script ran.
  function listen(input) {
    if (input.onchange) return;
    input.multiple = "several" in input.dataset;
    input.onchange = () => take(input);
    if (input.files.length) take(input);
  }

  // Files that are on their way stay where they are asked for.
  function show() {
    for (const item of box.querySelectorAll("[data-document]")) {
      for (const input of item.querySelectorAll("[data-asks-files] input[type=file]")) listen(input);
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
