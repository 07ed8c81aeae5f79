// The closing page: where the customer asked for more time, it opens again by itself once there is some.

import { showTimes, tick } from "./clock.js";

const EVERY = 10_000;

showTimes();
tick();
if (document.querySelector("[data-part=asked-for-time]")) setInterval(look, EVERY);

async function look() {
  const response = await fetch("updates/", { headers: { Accept: "application/json" } }).catch(() => null);
  if (response?.ok && !(await response.json()).over) location.reload();
}
