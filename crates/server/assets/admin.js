// Keeps an open page of the office up to date. Everything works without it.
"use strict";
(() => {
  const busy = (place) => {
    // What a person is typing in, or has open, is not taken away under their hands.
    const field = document.activeElement;
    return place.contains(field) && field.matches("input, select, textarea");
  };
  let asking = false;
  async function redraw() {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("[data-live][id]")) {
        const next = fresh.getElementById(old.id);
        if (!next || busy(old) || next.outerHTML === old.outerHTML) continue;
        const focus = old.contains(document.activeElement) ? document.activeElement.id : "";
        old.replaceChildren(...next.childNodes);
        if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
      }
      document.documentElement.dataset.drawn = String(Number(document.documentElement.dataset.drawn || 0) + 1);
    } catch { /* The store is away; the next news tries again. */ } finally { asking = false; }
  }
  if (document.querySelector("[data-live]")) {
    const news = new EventSource("/admin/events");
    news.addEventListener("changed", redraw);
    news.addEventListener("here", () => { document.documentElement.dataset.live = "on"; });
    news.addEventListener("over", () => location.assign("/admin/sign-in"));
    addEventListener("visibilitychange", redraw);
  }
  for (const select of document.querySelectorAll(".filters select"))
    select.addEventListener("change", () => select.form.requestSubmit());
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector(".drawer [aria-label=Close]")?.click();
    if (event.key === "/" && !event.target.matches("input, select, textarea")) {
      const find = document.querySelector(".filters input");
      if (find) { event.preventDefault(); find.focus(); }
    }
  });
})();
