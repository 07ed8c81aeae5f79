// Files that are pasted, or dropped anywhere in the room.

export function startDrops(room, add) {
  const hint = room.part("drop-hint");
  const may = () => !room.part("file-form").hidden && !room.part("composer").hidden;
  const show = (is) => { hint.hidden = !is; };
  const { life, root } = room;

  life.on(root, "paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain") || !may()) return; // of a text with a picture of it, the text
    event.preventDefault();
    add([...files]);
  });
  for (const name of ["dragenter", "dragover"]) {
    life.on(root, name, (event) => {
      if (!hasFiles(event) || !may()) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      show(true);
    });
  }
  life.on(root, "dragleave", (event) => { if (!root.contains(event.relatedTarget)) show(false); });
  life.on(root, "drop", (event) => {
    show(false);
    if (!hasFiles(event) || !may()) return;
    event.preventDefault();
    add(filesOf(event.dataTransfer));
  });
  // One that misses the room must not take the place of the page.
  for (const name of ["dragover", "drop"]) life.on(window, name, (event) => { if (hasFiles(event)) event.preventDefault(); });
}

function hasFiles({ dataTransfer }) { return dataTransfer?.types.includes("Files") ?? false; }

// Folders are no files, though browsers list them so.
function filesOf({ items, files }) {
  const folders = new Set([...items].filter((one) => one.webkitGetAsEntry?.()?.isDirectory).map((one) => one.getAsFile()?.name));
  return [...files].filter((file) => !folders.has(file.name));
}
