// Moments in the viewer's zone, and a picker that is filled in and read in that zone. Without it everything is in UTC.

const exact = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });

for (const element of document.querySelectorAll("time[data-exact]")) {
  element.title = element.dateTime; // to the microsecond, in UTC
  element.textContent = exact.format(new Date(element.dateTime));
}

const picker = document.getElementById("moment");
const pad = (number, length = 2) => String(number).padStart(length, "0");

// A moment as the picker takes it, in the viewer's zone.
function local(at) {
  const day = [pad(at.getFullYear(), 4), pad(at.getMonth() + 1), pad(at.getDate())].join("-");
  return `${day}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => pad(part)).join(":")}`;
}

if (picker) {
  if (picker.value) picker.value = local(new Date(`${picker.value}Z`));
  document.getElementById("zone").textContent = `(${new Intl.DateTimeFormat().resolvedOptions().timeZone})`;
  picker.form.addEventListener("formdata", (event) => {
    if (picker.value) event.formData.set("at", new Date(picker.value).toISOString());
  });
}
