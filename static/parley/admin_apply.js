// One click is enough: the button that confirms sleeps while the server answers. The server takes it only once anyway.

document.getElementById("confirm")?.addEventListener("submit", (event) => {
  event.target.querySelector("button").disabled = true;
});
document.getElementById("preview")?.scrollIntoView({ block: "nearest" });

// Back in the browser's history shows the page as it was left: awake again.
addEventListener("pageshow", () => {
  const button = document.querySelector("#confirm button");
  if (button) button.disabled = false;
});
