// What ticks in the hold ledger.

import { setServerTime, showTimes, tick } from "./clock.js";

setServerTime(Date.parse(document.getElementById("seats").dataset.now));
showTimes();
tick();
