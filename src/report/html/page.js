"use strict";
// Everything can be read without this script: it opens all tables at once, also before printing.
(() => {
  const all = () => document.querySelectorAll("details");
  const button = document.querySelector("#open-all");
  const set = (open) => {
    all().forEach((part) => { part.open = open; });
    button.setAttribute("aria-pressed", String(open));
  };
  button.hidden = false;
  button.addEventListener("click", () => set(button.getAttribute("aria-pressed") !== "true"));
  addEventListener("beforeprint", () => set(true));
  const reveal = () => {
    const part = location.hash && document.getElementById(location.hash.slice(1));
    const closed = part && part.closest("details");
    if (closed) closed.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
