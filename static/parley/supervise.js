// The supervisor's page follows what happens to everybody.

import { startAsking } from "./asks.js";
import { tick } from "./clock.js";
import { Lists } from "./lists.js";
import { Stream } from "./stream.js";

const box = document.getElementById("team");
const line = new Stream({ missed: () => lists.soon(), renew: () => lists.refresh() });
line.on("sessions", () => lists.soon());
const lists = new Lists(box, { line, rooms: () => [] });
const select = document.getElementById("supervise-workstream");
select.addEventListener("change", () => select.form.requestSubmit());
select.form.querySelector("button").hidden = true;
startAsking();
tick();
document.documentElement.dataset.ready = "";
