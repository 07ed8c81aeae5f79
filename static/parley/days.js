// A line between two days of a conversation, in the viewer's zone.

import { showTimes } from "./clock.js";

export function startDays(room) {
  for (const item of room.rows.list.children) mark(item);
  room.on("added", ({ item }) => mark(item));
  room.on("earlier", ({ items, next }) => [...items, next].forEach(mark));
}

// Put the day above a row if the row shown before it is of another day.
function mark(item) {
  if (!item || item.hidden) return;
  const there = item.querySelector(":scope > .day-break");
  const before = shownBefore(item);
  const begins = !before || dayOf(before) !== dayOf(item);
  if (begins && !there) item.prepend(lineFor(item));
  if (!begins) there?.remove();
}

function shownBefore(item) {
  let before = item.previousElementSibling;
  while (before?.hidden) before = before.previousElementSibling;
  return before;
}

const momentOf = (item) => item.querySelector("time")?.dateTime ?? "";
const dayOf = (item) => new Date(momentOf(item)).toDateString();

function lineFor(item) {
  const line = document.createElement("div");
  line.className = "day-break";
  const time = document.createElement("time");
  time.dateTime = momentOf(item);
  time.dataset.time = "day";
  line.append(time);
  showTimes(line);
  return line;
}
