// The progress of a rollout, brought up to date until it is finished.

const EVERY = 2000; // milliseconds
const bar = document.getElementById("bar");
const done = document.getElementById("done");

async function look() {
  try {
    const answer = await fetch(bar.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    const progress = await answer.json();
    if (progress.finished) return location.reload();
    bar.max = progress.total;
    bar.value = progress.done;
    if (done.textContent !== progress.text) done.textContent = progress.text;
  } catch {
    // the server cannot be reached right now: ask again
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
