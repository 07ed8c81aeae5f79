// Keys of the agent's page. The help sheet lists them.

import { isOn } from "./device.js";

const CHORD = 1_500; // milliseconds between `g` and what follows

export function startShortcuts({ lists, panes, dialog }) {
  let before = "";
  let timer;
  const mine = () => lists.links().filter((link) => link.closest("[data-part=mine]"));
  const go = (link) => link?.click();

  // To the next (1) or previous (-1) of the agent's sessions, round and round.
  const step = (by) => {
    const links = mine();
    const here = links.findIndex((link) => link.ariaCurrent === "page");
    go(links[here < 0 ? (by > 0 ? 0 : links.length - 1) : (here + by + links.length) % links.length]);
  };
  const single = {
    "?": () => dialog.showModal(),
    "/": () => go(document.querySelector("[data-search]")),
    o: () => go(lists.place.querySelector("a[data-accepts]")),
    d: () => go(panes.current?.part("documents-button")),
    c: () => { const button = panes.current?.part("close-button"); if (!button?.hidden) go(button); },
    m: () => panes.current?.part("text")?.focus(),
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [number, () => go(mine()[number - 1])])),
  };
  const afterG = { w: () => panes.go(panes.welcome) };

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const arrow = event.altKey && !event.shiftKey && { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (arrow) { event.preventDefault(); step(arrow); return; }
    if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
    if (event.altKey || event.repeat || isTyping(event.target) || !isOn("keys")) return;
    const act = (before === "g" ? afterG : single)[event.key];
    before = event.key;
    clearTimeout(timer);
    timer = setTimeout(() => { before = ""; }, CHORD);
    if (act) { event.preventDefault(); before = ""; act(); }
  });
}

const isTyping = (element) => element.matches?.("input, textarea, select, [contenteditable]");
