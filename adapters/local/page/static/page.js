// What HTML cannot do by itself: dialogs that keep the focus, the list of commands by keyboard, and staying at the end
// of a conversation. Without this file the page works by links and forms.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const log = byId("log"), line = byId("line"), list = byId("offers"), told = byId("told"), stream = byId("stream");

  // Staying at the end, unless somebody reads further up

  const scroller = () =>
    getComputedStyle(log).overflowY === "auto" ? log : document.scrollingElement;
  const atEnd = () => {
    const box = scroller();
    return box.scrollHeight - box.scrollTop - box.clientHeight < 120;
  };
  const toEnd = () => { const box = scroller(); box.scrollTop = box.scrollHeight; };
  let follows = true;
  document.addEventListener("scroll", () => { follows = atEnd(); }, { capture: true, passive: true });
  new MutationObserver(() => { if (follows) toEnd(); }).observe(log, { childList: true, subtree: true });
  if (!location.hash && !location.search.includes("all=")) toEnd();

  // Dialogs

  let opener = null;
  const modal = () => {
    const dialog = document.querySelector("#dialog dialog");
    if (!dialog) {
      if (opener) (byId(opener) || line).focus();
      opener = null;
      return;
    }
    if (dialog.matches(":modal")) return;
    if (!opener) opener = dialog.dataset.opener || document.activeElement?.id || "line";
    dialog.close();
    dialog.showModal();
    const wrong = dialog.querySelector("[aria-invalid]");
    (wrong || dialog.querySelector("input:not([type=hidden]), select, textarea, button"))?.focus();
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      dialog.querySelector("button[name=close]").click();
    });
  };
  new MutationObserver(modal).observe(byId("dialog"), { childList: true });
  modal();

  // The list of commands

  const offers = () => [...list.querySelectorAll("[role=option]")];
  let chosen = -1;
  const show = (number) => {
    const all = offers();
    chosen = all.length ? (number + all.length + 1) % (all.length + 1) : -1;
    if (chosen === all.length) chosen = -1;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) line.removeAttribute("aria-activedescendant");
    else {
      line.setAttribute("aria-activedescendant", all[chosen].id);
      all[chosen].scrollIntoView({ block: "nearest" });
    }
  };
  const open = (yes) => {
    list.hidden = !yes;
    line.setAttribute("aria-expanded", String(yes));
    if (!yes) list.replaceChildren();
    chosen = -1;
    line.removeAttribute("aria-activedescendant");
  };
  const take = (offer) => {
    line.value = offer.dataset.line;
    open(false);
    line.focus();
    if (!offer.dataset.whole || line.value.endsWith(" ")) line.dispatchEvent(new Event("input", { bubbles: true }));
  };
  new MutationObserver(() => {
    const any = offers().length > 0 && line.value !== ""; // what comes after the line was sent comes too late
    if (list.hidden === any) open(any);
    show(-1);
  }).observe(list, { childList: true });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const offer = event.target.closest("[role=option]");
    if (offer) take(offer);
  });
  line.addEventListener("input", () => show(-1));
  line.addEventListener("blur", () => open(false));
  line.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const offer = offers()[chosen];
    if (event.key === "ArrowDown") show(chosen + 1);
    else if (event.key === "ArrowUp") show(chosen < 0 ? offers().length - 1 : chosen - 1);
    else if (event.key === "Escape") open(false);
    else if (event.key === "Tab" && !event.shiftKey && (offer || offers().length === 1)) take(offer || offers()[0]);
    else if (event.key === "Enter" && offer) take(offer);
    else return;
    event.preventDefault();
  });
  document.addEventListener("page:said", () => {
    line.value = "";
    open(false);
    follows = true;
    toEnd();
  });

  // The line to the server. It speaks at least every few seconds; where nothing comes for long, the page loads itself
  // anew, which shows all there is and begins a new line.

  const silence = Number(stream.dataset.silence);
  let heard = Date.now();
  const lost = () => { told.textContent = stream.dataset.lost; };
  const hear = () => {
    heard = Date.now();
    if (told.textContent === stream.dataset.lost) told.textContent = "";
  };
  const anew = () => {
    if (!line.value && !document.querySelector("#dialog dialog")) location.reload();
    else lost();
  };
  document.addEventListener("htmx:sse:error", (event) => {
    event.detail.connection?.abortController?.abort(); // or the line that failed would stay open beside the next one
    lost();
  });
  document.addEventListener("htmx:sse:after:connection", hear);
  document.addEventListener("htmx:sse:after:message", hear);
  document.addEventListener("visibilitychange", () => { heard = Date.now(); }); // a hidden page has no line
  document.addEventListener("htmx:error", lost);
  setInterval(() => {
    if (document.hidden || Date.now() - heard < silence) return;
    fetch(stream.dataset.alive, { method: "HEAD", cache: "no-store" }).then(anew, lost); // not while the server is gone
  }, silence / 4);

  // On a small screen the list of places is folded until somebody asks for it

  if (matchMedia("(max-width: 48rem)").matches) byId("fold").open = false;
})();
