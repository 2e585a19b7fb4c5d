// Progressive enhancement of the till's pages. Every form and link works without it.
// Fragments are swapped by id; the element that stays keeps scroll position, focus and typed text.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("has-script");
  const byId = (id) => document.getElementById(id);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const isField = (el) => el instanceof HTMLElement && el.matches("input:not([type=radio]), textarea, select");

  /* ── saying and sounding ─────────────────────────────────────────────── */
  let sayTimer;
  function say(words, shown = false) {
    // The one live region. What only completes a picture stays for screen readers; what a person must know is shown for 6 s.
    const p = byId("say");
    if (!p) return;
    clearTimeout(sayTimer);
    p.textContent = words;
    p.className = shown ? "toast say" : "sr";
    if (shown) sayTimer = setTimeout(() => { p.className = "sr"; }, 6000);
  }
  const soundOn = () => { try { return localStorage.getItem("sound") === "on"; } catch { return false; } };
  function beep(...tones) {
    if (!soundOn() || !window.AudioContext) return;
    const audio = new AudioContext();
    tones.forEach((hertz, n) => {
      const tone = audio.createOscillator(), gain = audio.createGain();
      gain.gain.value = 0.08; tone.frequency.value = hertz;
      tone.connect(gain).connect(audio.destination);
      tone.start(audio.currentTime + n * 0.12); tone.stop(audio.currentTime + n * 0.12 + 0.09);
    });
  }

  /* ── swapping ────────────────────────────────────────────────────────── */
  function keepTyping(fresh, old) {
    // A field the person is typing in keeps its text and caret through a swap.
    const field = document.activeElement;
    if (!isField(field) || !old.contains(field)) return () => {};
    const twin = field.id ? fresh.querySelector(`#${CSS.escape(field.id)}`)
      : fresh.querySelector(`[name="${CSS.escape(field.name)}"]`);
    if (!twin) return () => {};
    const { value, selectionStart, selectionEnd } = field;
    return () => { twin.value = value; twin.focus({ preventScroll: true }); try { twin.setSelectionRange(selectionStart, selectionEnd); } catch { /* not a text field */ } };
  }
  function swap(fresh) {
    const old = byId(fresh.id);
    if (!old) return false;
    const active = document.activeElement;
    const focusId = old.contains(active) ? active.id : "";
    const restore = keepTyping(fresh, old);
    const scrolls = all(".view, .lines, .scroll", old).map((el) => [el.className.split(" ")[0], el.scrollTop]);
    if (old.outerHTML === fresh.outerHTML) return true;
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of [...fresh.attributes]) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    old.replaceChildren(...fresh.childNodes);
    for (const [name, top] of scrolls) { const el = old.querySelector(`.${name}`); if (el) el.scrollTop = top; }
    restore();
    if (focusId && document.activeElement === document.body) byId(focusId)?.focus({ preventScroll: true });
    ready(old);
    return true;
  }
  function swapAll(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const pieces = [...page.body.children].filter((el) => el.id && byId(el.id));
    pieces.forEach(swap);
    return pieces.length > 0;
  }
  const asked = new Map();
  async function ask(url, options = {}, lane = "") {
    // A newer request of the same lane replaces the older one; changes to the sale have no lane and never replace each other.
    if (lane) { asked.get(lane)?.abort(); asked.set(lane, new AbortController()); options.signal = asked.get(lane).signal; }
    const answer = await fetch(url, { credentials: "same-origin", ...options, headers: { "HX-Request": "true" } });
    const html = await answer.text(), whole = /^\s*<!doctype/i.test(html);
    if (!answer.redirected && !whole && swapAll(html)) return true;
    // A whole page came. It is shown when a person asked for it; what runs in the background never leaves the page.
    if (lane && lane !== "page") return false;
    if (answer.redirected) location.assign(answer.url);
    else if (options.method !== "POST") location.assign(url);
    else if (whole) { document.open(); document.write(html); document.close(); }
    return false;
  }
  const quietly = (promise) => promise.catch((error) => { if (error.name !== "AbortError") say("The till program does not answer. Nothing was changed.", true); return false; });

  /* ── forms and links ─────────────────────────────────────────────────── */
  let line = Promise.resolve();
  function post(form, button) {
    const body = new URLSearchParams(new FormData(form, button?.form === form ? button : null));
    const url = button?.getAttribute("formaction") || form.getAttribute("action");
    // One change after the other: ten quick presses are ten changes in the order they were pressed.
    line = line.then(() => quietly(ask(url, { method: "POST", body }))).then((done) => {
      if (!done) return;
      const search = byId("search");
      if (form.hasAttribute("data-focus-search") && search && !byId("sheet")?.firstElementChild && !matchMedia("(pointer: coarse)").matches) search.focus({ preventScroll: true });
      if (form.id === "scan") byId("sheet")?.querySelector("[role=alertdialog]") ? beep(330, 330) : beep(1320);
    });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-swap]")) { event.preventDefault(); post(form, event.submitter); return; }
    if (form.matches("[data-live]")) { event.preventDefault(); enterSearch(form); return; }
    if (form.matches("[data-once]")) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
    }
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const el = event.target.closest("a, button");
    if (!el) return;
    if (el.matches("[data-close]") && byId("sheet")) { event.preventDefault(); closeSheet(); }
    else if (el.matches("a[data-swap]")) { event.preventDefault(); quietly(ask(el.href, {}, "page")).then((done) => { if (done && el.closest("#goods-list")) history.replaceState(null, "", el.href); }); }
    else if (el.matches("[data-copy]")) navigator.clipboard?.writeText(el.dataset.copy).then(() => say("Copied", true));
    else if (el.matches("[data-sound]")) { try { localStorage.setItem("sound", soundOn() ? "off" : "on"); } catch { /* private window */ } ready(el.parentElement); beep(880, 1320); }
    else if (el.matches("[data-print-now]")) window.print();
    else if (el.matches("[data-stay]")) { clearInterval(goes); el.closest("[data-go]").hidden = true; }
    else if (el.matches("[data-amount]")) { event.preventDefault(); const field = byId("received"); field.value = el.dataset.amount; freshAmount = true; taken(field); field.focus(); }
    else if (el.matches("[data-step]")) stepField(el);
    else if (el.closest("[data-keypad]")) typeKey(el);
  });
  function closeSheet() { byId("sheet").replaceChildren(); byId("search")?.focus({ preventScroll: true }); }

  /* ── keypad, steppers, cash ──────────────────────────────────────────── */
  let lastField = null, freshAmount = true;
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-types]")) { lastField = event.target; freshAmount = true; } });
  function typeKey(key) {
    const form = key.closest("form");
    const field = lastField && form.contains(lastField) ? lastField : form.querySelector("[data-types]");
    const value = freshAmount && key.value ? "" : field.value;
    freshAmount = false;
    field.value = key.value ? value + key.value : value.slice(0, -1);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function stepField(button) {
    const field = button.parentElement.querySelector("input");
    const now = Number(field.value.replace(",", ".")) || 0;
    const next = Math.max(0, Math.round((now + Number(button.dataset.step)) * 1000) / 1000);
    field.value = String(next); freshAmount = true;
  }
  let takeTimer;
  function taken(field) {
    for (const link of all("[data-amount]")) link.dataset.amount === field.value ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    clearTimeout(takeTimer);
    takeTimer = setTimeout(() => quietly(ask(`${field.form.dataset.take}?received=${encodeURIComponent(field.value)}`, {}, "take")), 60);
  }

  /* ── search as you type ──────────────────────────────────────────────── */
  let searchTimer;
  function searchNow(form) {
    clearTimeout(searchTimer);
    const query = new URLSearchParams(new FormData(form));
    if (!query.get("q")) query.delete("q");
    const url = query.size ? `/?${query}` : "/";
    return quietly(ask(url, {}, "page")).then((done) => { if (done) history.replaceState(null, "", url); return done; });
  }
  function enterSearch(form) {
    const typed = form.elements.q.value.trim();
    if (/^\d{6,}$/.test(typed)) { form.elements.q.value = ""; scanned(typed); searchNow(form); return; }
    searchNow(form).then((done) => { const hits = all("#goods-list :is(a, button):is(.tile, .item)"); if (done && typed && hits.length === 1) { hits[0].click(); form.elements.q.value = ""; searchNow(form); } });
  }
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.id === "received") { freshAmount = false; taken(field); }
    const form = field.closest("form[data-live]");
    if (form) { clearTimeout(searchTimer); searchTimer = setTimeout(() => searchNow(form), 120); }
  });

  /* ── keyboard-wedge scanner ──────────────────────────────────────────── */
  // Three or more characters, no gap above 35 ms, ended by Enter or Tab: a scanner, not a person.
  // One hiccup up to 100 ms is forgiven in six or more: a busy machine must never cut the head off a code.
  const GAP = 35.5, HICCUP = 100, LEAST = 3;
  let burst = [], slow = 0, burstAt = 0, held = null, swallowUp = "";
  function hold() {
    const field = document.activeElement;
    return isField(field) ? { field, value: field.value, start: field.selectionStart } : null;
  }
  function scanned(code) {
    const form = byId("scan");
    if (form) {
      form.elements.code.value = code;
      if (form.matches("[data-swap]")) post(form); else form.submit();
      return;
    }
    beep(330, 330);
    say(byId("received") ? "Scan not taken. Finish the payment or go back, then scan again." : "Scan not taken. Go back to the register, then scan again.", true);
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) { burst = []; return; }
    const now = event.timeStamp, gap = now - burstAt, near = gap <= HICCUP;
    if (event.key.length === 1 && !event.repeat) {
      if (!near || !burst.length) { burst = []; slow = 0; held = hold(); } else if (gap > GAP) slow += 1;
      burst.push(event.key); burstAt = now;
      return;
    }
    if ((event.key === "Enter" || event.key === "Tab") && near && burst.length >= LEAST && slow + (gap > GAP) <= (burst.length >= 6)) {
      event.preventDefault(); event.stopImmediatePropagation();
      swallowUp = event.key;
      clearTimeout(searchTimer);
      const code = burst.join("");
      if (held) { held.field.value = held.value; try { held.field.setSelectionRange(held.start, held.start); } catch { /* not a text field */ } held.field.dispatchEvent(new Event("change", { bubbles: true })); if (held.field.id === "received") taken(held.field); }
      burst = [];
      scanned(code);
      return;
    }
    if (event.key !== "Shift") burst = [];
  }, true);
  document.addEventListener("keyup", (event) => { if (event.key === swallowUp) { swallowUp = ""; event.preventDefault(); event.stopImmediatePropagation(); } }, true);

  /* ── keys ────────────────────────────────────────────────────────────── */
  const press = (id) => { const el = byId(id); if (el && !el.disabled) el.click(); return Boolean(el); };
  const KEYS = { "+": "plus-one", "-": "minus", "−": "minus", "*": "edit-line", Delete: "remove" };
  let keyTimer;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const typing = isField(document.activeElement), empty = typing && document.activeElement.id === "search" && !document.activeElement.value;
    const done = () => event.preventDefault();
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && (!typing || empty)) { if (press("undo")) done(); return; }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "F2" || (event.key === "/" && (!typing || empty))) { const search = byId("search"); if (search) { done(); search.focus(); search.select(); } else if (event.key === "F2") { done(); location.assign("/"); } }
    else if (event.key === "F9") { done(); press("pay"); }
    else if (event.key === "Escape") escape(done);
    else if (KEYS[event.key] && (!typing || empty) && byId(KEYS[event.key])) {
      // A scanned code may begin with one of these: wait until it is clear that a person pressed the key.
      done(); clearTimeout(keyTimer);
      const { key } = event, at = burstAt;
      keyTimer = setTimeout(() => { if (burstAt === at) press(KEYS[key]); }, key.length === 1 ? GAP + 10 : 0);
    }
  });
  function escape(done) {
    const search = byId("search");
    if (byId("sheet")?.firstElementChild) { done(); closeSheet(); }
    else if (search?.value) { done(); search.value = ""; searchNow(search.form); }
    else if (byId("back")) { done(); press("back"); }
  }

  /* ── what the store and the session do meanwhile ─────────────────────── */
  const again = new Map();
  function refresh(name) {
    for (const el of all(`[data-on="${name}"][data-from]`)) {
      clearTimeout(again.get(el.id));
      again.set(el.id, setTimeout(() => quietly(ask(el.dataset.from, {}, `live-${el.id}`)), 50));
    }
  }
  let source, wait = 1000, lostTimer, retryTimer;
  function hush() {
    // A page nobody sees holds no connection: browsers allow six for one till, and tabs add up.
    clearTimeout(retryTimer); clearTimeout(lostTimer); lostTimer = 0;
    source?.close(); source = null;
  }
  function listen() {
    if (source || document.hidden || !byId("bar") || !window.EventSource) return;
    source = new EventSource("/events");
    source.onopen = () => { wait = 1000; clearTimeout(lostTimer); lostTimer = 0; refresh("session"); refresh("sales"); };
    source.onerror = () => {
      source?.close(); source = null;
      lostTimer ||= setTimeout(() => { const lost = byId("bar-lost"); if (lost) { swapAll(lost.innerHTML); tick(); say("The till program does not answer"); } }, 4000);
      retryTimer = setTimeout(listen, wait); wait = Math.min(wait * 2, 15000);
    };
    source.addEventListener("bar", (event) => {
      const before = document.querySelector("#bar .net")?.textContent.trim();
      offset = null; swapAll(event.data); tick();
      const word = document.querySelector("#bar .net")?.textContent.trim();
      if (word !== before) say(word);
    });
    for (const name of ["session", "sales"]) source.addEventListener(name, (event) => { if (!event.data.includes("<") || !swapAll(event.data)) refresh(name); });
  }

  /* ── the checks of the health page, each as it ends ──────────────────── */
  function follow(place) {
    const { stream, whole } = place.dataset;
    if (!stream || !window.EventSource) return;
    const run = new EventSource(stream);
    // A stream that breaks is not begun again: the page that waits for everything says the same.
    run.onerror = () => { run.close(); location.replace(whole); };
    run.addEventListener("check", (event) => swapAll(event.data));
    run.addEventListener("health", (event) => { run.close(); swapAll(event.data); say(byId("health").querySelector("h1").textContent); });
    window.addEventListener("pagehide", () => run.close());
  }

  /* ── after a page or a fragment came ─────────────────────────────────── */
  let goes, toastTimer, offset = null;
  function badges() {
    const counts = new Map(all("#in-cart data").map((el) => [el.dataset.of, el.value]));
    for (const badge of all(".in-cart[data-product]")) {
      const count = counts.get(badge.dataset.product);
      badge.hidden = !count; badge.firstElementChild.textContent = count || "";
    }
  }
  function unpictured(img) {
    // A picture that cannot be had gives way to the letters and the tint of its product.
    const place = img.parentElement;
    if (place?.dataset.initials) place.textContent = place.dataset.initials;
  }
  document.addEventListener("error", (event) => { if (event.target instanceof HTMLImageElement) unpictured(event.target); }, true);
  function ready(part) {
    for (const img of all("[data-initials] img", part)) if (img.complete && !img.naturalWidth) unpictured(img);
    if (part.id === "goods-list" || part.id === "cart") badges();
    (part.matches("[data-current]") ? part : part.querySelector("[data-current]"))?.scrollIntoView({ block: "nearest" });
    const first = part.querySelector("[data-autofocus]");
    const fine = !matchMedia("(pointer: coarse)").matches;
    if (first && (fine || !isField(first)) && (part.id === "sheet" || part === document.body)) { first.focus({ preventScroll: true }); if (isField(first)) first.select(); }
    if (part.querySelector(".toast")) { clearTimeout(toastTimer); toastTimer = setTimeout(() => byId("toast")?.replaceChildren(), 8000); }
    for (const el of all("[data-sound]", part)) { el.setAttribute("aria-pressed", String(soundOn())); el.lastElementChild.textContent = soundOn() ? "on" : "off"; }
    const poll = part.matches("[data-poll]") ? part : part.querySelector("[data-poll]");
    if (poll) setTimeout(() => quietly(ask(location.href, {}, "poll")), Number(poll.dataset.poll));
  }
  function countDown(el) {
    const whole = Number(el.dataset.after);
    let left = whole;
    el.hidden = false;
    goes = setInterval(() => {
      left -= 1;
      el.querySelector("[data-left]").textContent = String(left);
      el.querySelector(".left")?.setAttribute("stroke-dasharray", `${Math.round(left / whole * 100)} 100`);
      if (left <= 0) { clearInterval(goes); location.assign(el.dataset.go); }
    }, 1000);
  }
  function tick() {
    // The clock goes on from the shop's time as the server wrote it last, whatever zone this browser is in.
    const now = new Date(), local = now.getHours() * 60 + now.getMinutes();
    for (const el of all("[data-clock]")) {
      const [hours, minutes] = el.textContent.split(":").map(Number);
      offset ??= hours * 60 + minutes - local;
      const at = (local + offset + 2880) % 1440;
      el.textContent = `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
    }
  }
  ready(document.body);
  badges();
  tick(); setInterval(tick, 5000);
  all("[data-go]").forEach(countDown);
  if (document.querySelector(".done .tick")) beep(880, 1320);
  listen();
  all("[data-stream]").forEach(follow);
  window.addEventListener("afterprint", () => { const form = byId("printed"); if (form) post(form); });
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  window.addEventListener("pagehide", hush);
})();
