// The shop's own script. What a portal needs for the chat widget is `tellWhoIsSignedIn`; the rest presses its buttons.

const FRESH_FOR = 5 * 60 * 1000; // tokens hold for ten minutes, so that there is time for one that gets lost

const tag = document.querySelector("script[data-widget]");
const find = (name) => document.querySelector(`[data-${name}]`);
let toldAt = 0;

async function tellWhoIsSignedIn() {
  if (!window.Parley) return;
  toldAt = Date.now();
  try {
    const me = await (await fetch("/me.json")).json();
    window.Parley.identify(me.token ?? ""); // nobody: what this browser kept of somebody is forgotten
  } catch {
    toldAt = 0; // no connection: told when it is back
  }
}

function tellAgain() {
  if (document.visibilityState === "visible" && Date.now() - toldAt >= FRESH_FOR) tellWhoIsSignedIn();
}

if (tag) {
  if (window.Parley) tellWhoIsSignedIn();
  else tag.addEventListener("load", tellWhoIsSignedIn);
  tag.addEventListener("error", () => {
    const problem = find("problem");
    problem.textContent = "The chat widget could not be loaded. Is Parley running?";
    problem.hidden = false;
  });
  setInterval(tellAgain, 60 * 1000);
  document.addEventListener("visibilitychange", tellAgain);
  window.addEventListener("online", tellAgain);
}

// Buttons ---------------------------------------------------------------------------------------------------------

const twin = document.body.dataset.twin;
const path = document.body.dataset.path;
let opened = null;

function say(text) {
  find("link-state").textContent = text;
}

function pasted() {
  const field = find("link");
  if (field.value && field.validity.valid) return new URL(field.value);
  say("Paste the reconnect link first: all of it, from https:// or http:// on.");
  field.focus();
  return null;
}

function noteWindow() {
  const closes = document.querySelector('[data-do="close"]');
  closes.disabled = !opened || opened.closed;
}

const actions = {
  reload: () => location.reload(),
  open: () => {
    opened = window.open(path, "_blank", "popup,width=480,height=800");
    noteWindow();
  },
  close: () => {
    opened?.close();
    opened = null;
    noteWindow();
  },
  second: () => window.open(twin + path, "_blank", "noopener"),
  "open-link": () => {
    const link = pasted();
    if (!link) return;
    window.open(twin + link.pathname + link.search, "_blank", "noopener");
    say("Opened as a second browser.");
  },
  "copy-link": async () => {
    const link = pasted();
    if (!link) return;
    try {
      await navigator.clipboard.writeText(link.href);
      say("Copied.");
    } catch {
      find("link").select();
      say("It could not be copied by itself. It is selected: copy it with the keyboard.");
    }
  },
  forget: () => {
    localStorage.clear();
    sessionStorage.clear();
    location.reload();
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) actions[button.dataset.do]();
});
window.addEventListener("focus", () => opened && noteWindow());

// Whether there is a connection -----------------------------------------------------------------------------------

const connection = find("connection");
let goneAt = 0;

function showConnection() {
  if (navigator.onLine) {
    connection.textContent = goneAt
      ? `Connected again, after ${Math.round((Date.now() - goneAt) / 1000)} seconds.`
      : "This browser has a connection.";
    goneAt = 0;
  } else {
    goneAt = Date.now();
    connection.textContent = `No connection since ${new Date(goneAt).toLocaleTimeString()}.`;
  }
}

if (connection) {
  showConnection();
  window.addEventListener("online", showConnection);
  window.addEventListener("offline", showConnection);
}
