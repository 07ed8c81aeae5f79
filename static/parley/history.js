// Moments in the history of settings: in the viewer's zone, in UTC on hover.

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

for (const time of document.querySelectorAll(".history time")) {
  time.title = time.textContent;
  time.textContent = local.format(new Date(time.dateTime));
}
