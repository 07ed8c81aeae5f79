// Pages of an agent beside the workspace: the agent is here, and does something.

import { reportActivity } from "./activity.js";
import { startAttendance } from "./attendance.js";

const { activity, presenceUrl } = document.getElementById("topbar").dataset;
startAttendance(presenceUrl);
reportActivity(activity, () => "");
