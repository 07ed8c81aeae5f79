// Pages that only say moments in the viewer's zone.
import { showTimes, tick } from "./clock.js";

showTimes();
tick();
