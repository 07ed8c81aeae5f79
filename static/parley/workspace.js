// The agent's page: lists, welcome pane and rooms, on one line.

import { reportActivity } from "./activity.js";
import { Alerts } from "./alerts.js";
import { startAsking } from "./asks.js";
import { startAttendance, startChoosing } from "./attendance.js";
import { showTimes, tick } from "./clock.js";
import { startSettings } from "./device.js";
import { startDialogs } from "./dialogs.js";
import { Lists } from "./lists.js";
import { Panes } from "./panes.js";
import { startQueue } from "./queue.js";
import { ROOM_EVENTS } from "./room.js";
import { startShortcuts } from "./shortcuts.js";
import { startForms } from "./start.js";
import { Stream } from "./stream.js";
import { newestOnly } from "./whole.js";

const box = document.getElementById("panes");
const side = document.getElementById("lists");
newestOnly(box.querySelector("[data-room]"));
showTimes();
tick();
startDialogs();
startAsking();

const dialog = document.querySelector("[data-part=device-dialog]");
const fresh = new Set(); // rooms that the line does not bring yet
const inView = () => panes.current?.id ?? "";
const line = new Stream({ missed: ({ all }) => missed(all), renew: () => lists.refresh() });
for (const name of ROOM_EVENTS) line.on(name, (data) => panes.rooms.get(sessionOf(data))?.hear(name, data));
for (const name of ["sessions", "presence"]) line.on(name, () => lists.soon());
line.on("document", (data) => lists.progress(data));

const panes = new Panes(box, { line, welcome: side.dataset.welcome });
const lists = new Lists(side, { line, rooms: () => [...panes.rooms.keys()] });
const alerts = new Alerts({ lists, words: dialog.dataset, inView, open: goToSession });
const { activity: activityUrl, presenceUrl } = document.getElementById("topbar").dataset;
const activity = reportActivity(activityUrl, inView);
lists.addEventListener("shown", showWhere);
panes.addEventListener("moved", () => { showWhere(); focusPane(); });
panes.addEventListener("opened", ({ detail }) => { fresh.add(detail); lists.refresh(); });
panes.addEventListener("closed", () => lists.refresh());
panes.addEventListener("gone", ({ detail: { room, said } }) => lists.say(said ?? side.dataset.gone.replace("{name}", room.root.dataset.title)));
panes.addEventListener("note", ({ detail }) => side.querySelector("[data-part=notes]").replaceChildren(...detail.querySelector("[data-part=note]").children));
document.addEventListener("click", followLink);
startForms(box, panes);
startAttendance(presenceUrl);
startChoosing(presenceUrl, lists);
startQueue(lists, panes);
startSettings(dialog);
startShortcuts({ lists, panes, dialog });
showWhere();
document.documentElement.dataset.ready = "";

// Presence names the topic of a room, everything else the session.
function sessionOf({ s, who }) { return s ?? who?.split(":")[1]; }

function missed(all) {
  for (const room of all ? panes.rooms.values() : fresh) room.catchUp();
  fresh.clear();
  lists.soon();
}

// A plain click on a link to a room or to the welcome page stays in this page. Whoever goes to a session does something
// in it, so it counts as opened.
async function followLink(event) {
  const link = event.target.closest("a[data-nav]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  await panes.go(link.href);
  if (!panes.current) return;
  await activity.arrived();
  lists.refresh();
}

function goToSession(id) {
  const item = lists.place.querySelector(`[data-id="${id}"]`);
  (item?.matches("a") ? item : item?.querySelector("a"))?.click();
}

// Title with what is unread, which link is the current one, and on small screens whether the lists or a room are in view.
function showWhere() {
  const root = panes.current?.root ?? panes.pane;
  if (!root) return; // on the way from one to the other
  document.title = `${alerts.unread ? `(${alerts.unread}) ` : ""}${root.dataset.title} · Parley`;
  document.getElementById("content").classList.toggle("workspace-in-room", panes.current !== null);
  mark();
}

function mark() {
  for (const link of lists.links()) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function focusPane() {
  const text = panes.current?.part("text");
  const heading = (panes.current?.root ?? panes.pane).querySelector("h1");
  const writes = text && !text.closest("[hidden]") && !matchMedia("(pointer: coarse)").matches;
  (writes ? text : heading).focus({ preventScroll: true });
}
