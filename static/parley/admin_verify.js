// Verifying takes a second or two: say so.
const form = document.querySelector("[data-verify]");
form.addEventListener("submit", () => {
  const wait = form.querySelector("[data-wait]");
  wait.textContent = wait.dataset.wait;
});
addEventListener("pageshow", () => { form.querySelector("[data-wait]").textContent = ""; });
