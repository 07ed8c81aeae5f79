// The search page: moments in the viewer's zone, and days as the viewer counts them.

import { showTimes, tick } from "./clock.js";

showTimes();
tick();
const zone = document.querySelector("[data-part=search] [name=zone]");
zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
