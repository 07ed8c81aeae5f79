// Parley's chat on the page of a portal: a launcher, and a frame above it. Nothing here touches the page itself.
(() => {
  const tag = document.currentScript ?? document.querySelector("script[data-widget]");
  const given = window.Parley;
  if (!tag || given?.identify) return; // the second tag of a page
  const key = tag.dataset.widget;
  const home = new URL(`widget/${key}/`, tag.src).href;
  const { origin } = new URL(home);
  const PROTOCOL = 1;
  const LINKS = ["parley.reconnect", "oc.reconnectid"];

  // What this browser and this tab keep, in the portal's own storage; in memory where that is blocked.

  function shelf(area, name) {
    let memory = {};
    const read = () => {
      try { memory = JSON.parse(window[area].getItem(name)) ?? {}; } catch { /* blocked */ }
      return memory;
    };
    const put = (changes) => {
      memory = { ...read(), ...changes };
      try { window[area].setItem(name, JSON.stringify(memory)); } catch { /* blocked */ }
    };
    return { name, read, put };
  }
  const kept = shelf("localStorage", `parley:${key}`);
  const tab = shelf("sessionStorage", `parley:${key}`);

  function token() {
    if (!(kept.read().token?.length >= 32)) {
      const bytes = crypto.getRandomValues(new Uint8Array(32));
      kept.put({ token: btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "") });
    }
    return kept.read().token;
  }

  // Listeners of the portal

  const listeners = {};
  const on = (name, act) => { (listeners[name] ??= new Set()).add(act); };
  const off = (name, act) => { listeners[name]?.delete(act); };
  function emit(name, detail = {}) {
    for (const act of [...(listeners[name] ?? [])]) try { act(detail); } catch (error) { console.error(error); }
  }

  // Who is signed in

  let identity = "";
  const subject = (jwt) => {
    try { return JSON.parse(atob(jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub ?? ""; } catch { return ""; }
  };
  function identify(jwt) {
    identity = jwt || "";
    const { who } = kept.read();
    if (who && who !== subject(identity)) { // somebody else, or nobody any more: nothing of theirs stays
      kept.put({ session: "", token: "", who: "" });
      tab.put({ draft: null });
      if (frame) { drop(); if (isOpen) make(); }
    } else greet();
  }

  // What is seen

  let config, ui, frame, isOpen = false, isLoaded, isReady, ends = false, unread = 0, leads, before, timer, audio;

  const CSS = `:host{all:initial!important;position:fixed!important;inset:auto 0 0 auto!important;width:0!important;height:0!important;z-index:2147483000!important;color-scheme:light dark}
@media print{:host{display:none!important}}
*{box-sizing:border-box;font:500 16px/1.25 system-ui,sans-serif}
[hidden]{display:none!important}
.box,.launcher{position:fixed;right:max(16px,env(safe-area-inset-right))}
.left .box,.left .launcher{right:auto;left:max(16px,env(safe-area-inset-left))}
.launcher{bottom:max(16px,env(safe-area-inset-bottom));display:flex;gap:8px;align-items:center;min-height:48px;max-width:calc(100vw - 32px);padding:8px 18px;border:0;border-radius:24px;background:var(--colour);color:var(--ink);box-shadow:0 2px 12px rgb(0 0 0/.35);cursor:pointer}
:focus-visible{outline:3px solid #fff;outline-offset:0;box-shadow:0 0 0 5px #000}
.badge{min-width:24px;padding:2px 7px;border-radius:12px;background:#c92a2a;color:#fff;text-align:center}
.said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.box{display:flex;flex-direction:column;bottom:calc(76px + env(safe-area-inset-bottom));width:400px;max-width:calc(100vw - 32px);height:640px;max-height:calc(100dvh - 96px);border-radius:12px;overflow:hidden;background:Canvas;color:CanvasText;box-shadow:0 4px 32px rgb(0 0 0/.4)}
.bar{position:absolute;inset:0 0 auto;display:flex;flex-wrap:wrap;gap:8px;align-items:center;padding:8px 12px;background:Canvas}
.bar span{flex:1}
.bar button{min-height:44px;padding:4px 14px;border:1px solid;border-radius:8px;background:none;color:inherit;cursor:pointer}
iframe{flex:1;width:100%;min-height:0;border:0}
@media (max-width:480px){.box,.left .box{inset:0;width:auto;max-width:none;height:auto;max-height:none;border-radius:0;padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}.open .launcher{display:none}}
@media (prefers-reduced-motion:no-preference){.box{animation:rise .18s ease-out}@keyframes rise{from{opacity:0;transform:translateY(12px)}}}`;

  function node(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function draw() {
    const { words } = config;
    const host = node("parley-chat");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    const [badge, said] = [node("span", { className: "badge", hidden: true }), node("span", { className: "said" })];
    badge.setAttribute("aria-hidden", "true");
    said.setAttribute("role", "status");
    said.id = "said";
    const launcher = node("button", { type: "button", className: "launcher", onclick: () => (isOpen ? close() : open()) }, node("span", { textContent: config.launcher }), badge);
    for (const [name, id] of [["controls", "box"], ["describedby", "said"]]) launcher.setAttribute(`aria-${name}`, id);
    const state = node("span");
    state.setAttribute("role", "status");
    const retry = node("button", { type: "button", textContent: words.retry, hidden: true, onclick: () => { drop(); make(); } });
    const bar = node("div", { className: "bar" }, state, retry, node("button", { type: "button", textContent: words.minimise, onclick: () => close() }));
    const box = node("div", { className: "box", id: "box", hidden: true }, bar);
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", config.title);
    const all = node("div", { className: config.corner === "left" ? "left" : "" }, box, launcher, said);
    all.style.setProperty("--colour", config.colour);
    all.style.setProperty("--ink", config.ink);
    all.addEventListener("keydown", (event) => { if (event.key === "Escape" && isOpen) close(); });
    root.append(all);
    ui = { all, box, bar, state, retry, launcher, badge, said };
    document.documentElement.append(host);
    visualViewport?.addEventListener("resize", fit);
    visualViewport?.addEventListener("scroll", fit);
    show();
  }

  // On a phone the keyboard covers part of the page: what is open fits into the rest.
  function fit() {
    const { style } = ui.box;
    const phone = isOpen && matchMedia("(max-width:480px)").matches && visualViewport.scale === 1;
    style.height = phone ? `${visualViewport.height}px` : "";
    style.top = phone ? `${visualViewport.offsetTop}px` : "";
  }

  function show() {
    ui.box.hidden = !isOpen;
    ui.all.classList.toggle("open", isOpen);
    ui.launcher.setAttribute("aria-expanded", String(isOpen));
    ui.badge.hidden = !unread;
    ui.badge.textContent = unread;
    const said = unread ? config.words.unread.replace("{number}", unread) : "";
    if (ui.said.textContent !== said) ui.said.textContent = said;
    if (visualViewport) fit();
  }

  function open() {
    isOpen = true;
    if (!ui) return; // drawn as soon as we know how
    if (ui.box.hidden) {
      before = document.activeElement;
      tab.put({ open: true });
      if (leads) { go(leads); return; }
      if (!frame) make();
      show();
      send("shown");
      (isReady ? frame : ui.bar.lastChild).focus();
      emit("open");
    }
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    tab.put({ open: false });
    if (!ui) return;
    const within = document.activeElement === ui.all.getRootNode().host;
    show();
    send("hidden");
    if (within) (before?.isConnected && before !== document.body && before !== ui.all.getRootNode().host ? before : ui.launcher).focus();
    emit("close");
  }

  // The frame

  function make() {
    isLoaded = isReady = false;
    frame = node("iframe", { title: config.title, src: home, referrerPolicy: "no-referrer", allow: "clipboard-write", onload });
    ui.state.textContent = config.words.loading;
    ui.bar.hidden = false;
    ui.retry.hidden = true;
    ui.box.append(frame);
    expect(20_000);
  }

  function expect(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(unreachable, milliseconds);
  }

  // Each page in the frame answers when it is greeted, or it is none of ours.
  function onload() {
    isLoaded = true;
    expect(5_000);
    greet();
  }

  function drop() {
    clearTimeout(timer);
    frame.remove();
    frame = undefined;
    unread = 0;
    show();
  }

  function unreachable() {
    ui.bar.hidden = ui.retry.hidden = false;
    ui.state.textContent = config.words.unreachable;
    emit("error", { message: config.words.unreachable });
  }

  const send = (name, detail) => { if (frame && isLoaded) frame.contentWindow.postMessage({ parley: name, detail }, origin); };

  function greet() {
    if (!frame) return;
    const { session = "", left } = kept.read();
    const { link = "", draft = null, room } = tab.read();
    const was = !session ? "" : left === session ? "sent" : room === session ? "here" : "";
    send("hello", { session, was, token: token(), link, draft, identity, open: isOpen, end: ends, sounds: sounds() });
  }

  function go({ address, once }) {
    leads = undefined;
    if (once) kept.put({ left: kept.read().session });
    location.assign(address);
  }

  const heard = {
    ready() {
      clearTimeout(timer);
      const waited = !isReady && isOpen && document.activeElement === ui.all.getRootNode().host;
      isReady = true;
      ui.bar.hidden = true;
      if (waited) frame.focus();
    },
    session: ({ session }) => kept.put({ session, who: subject(identity) }),
    room: ({ session }) => tab.put({ room: session }),
    entered: () => tab.put({ link: "" }),
    draft: (draft) => tab.put({ draft }),
    sounds: ({ on: wanted }) => kept.put({ sounds: wanted }),
    minimise: close,
    redirect(to) {
      if (!/^https?:\/\//i.test(to.address)) return;
      if (isOpen) go(to);
      else leads = to; // nobody is torn away from the page that they look at
    },
    unread({ count }) {
      if (count === unread) return;
      const more = count > unread;
      unread = count;
      show();
      emit("unread", { count });
      if (more && !isOpen) beep();
    },
    event({ name, detail }) {
      if (name === "ended") ends = false;
      emit(name, detail);
    },
  };

  addEventListener("message", ({ source, origin: from, data }) => {
    if (frame && source === frame.contentWindow && from === origin && Object.hasOwn(heard, data?.parley)) heard[data.parley](data.detail ?? {});
  });
  addEventListener("storage", (event) => {
    const session = (text) => { try { return JSON.parse(text)?.session; } catch { return ""; } };
    if (event.key === kept.name && session(event.newValue) && session(event.newValue) !== session(event.oldValue)) greet();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) greet(); });

  // A sound, in one tab, once the page was touched; if the customer wants it, who is not asked again in this browser.
  const sounds = () => kept.read().sounds ?? config.sounds;
  const wake = () => { if (frame && sounds()) (audio ??= new AudioContext()).resume(); };
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, wake, true);
  function beep() {
    if (!sounds() || audio?.state !== "running" || Date.now() - kept.read().rang < 2_000) return;
    kept.put({ rang: Date.now() });
    const volume = new GainNode(audio, { gain: 0.06 });
    const tone = new OscillatorNode(audio, { frequency: 880 });
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.25);
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.25);
  }

  // Begin

  // A reconnect link brought somebody here: the token goes into the frame, and out of the address bar.
  function takeLink() {
    const named = (part) => LINKS.includes(part.split("=")[0]);
    const parts = location.search.slice(1).split("&");
    const found = parts.find(named);
    if (!found) return;
    tab.put({ link: found.split("=")[1] });
    const rest = parts.filter((part) => !named(part)).join("&");
    history.replaceState(history.state, "", location.pathname + (rest && `?${rest}`) + location.hash);
    isOpen = true;
  }

  async function begin(tries = 0) {
    const answer = await fetch(`${home}config.json`, { credentials: "omit" }).catch(() => null);
    if (!answer?.ok) {
      if (answer && answer.status < 500) return console.error(`Parley: ${(await answer.json().catch(() => ({}))).problem ?? "there is no such chat widget"}`);
      if (tries < 8) setTimeout(begin, 2_000 * 2 ** tries, tries + 1);
      return;
    }
    config = await answer.json();
    if (config.version !== PROTOCOL) return;
    if (document.readyState === "loading") await new Promise((done) => { document.addEventListener("DOMContentLoaded", done); });
    const opens = isOpen || tab.read().open;
    isOpen = false;
    draw();
    if (opens) open();
    else if (kept.read().session) make();
  }

  function end() {
    ends = true;
    if (ui && !frame && kept.read().session) make();
    send("end");
  }

  const Parley = window.Parley = { open, close, identify, end, on, off };
  const call = ([name, ...rest]) => Parley[name]?.(...rest);
  Parley.q = { push: (...calls) => calls.forEach(call) };
  takeLink();
  for (const one of given?.q ?? []) call(one);
  begin();
})();
