// Code that nobody sees is not asked for. While its panel is folded, its language does
// not go along with the form, so that nothing is looked up for it.
"use strict";
{
  const folded = "details.sample:not([open])";
  document.addEventListener("htmx:beforeRequest", (event) => {
    const panel = event.target.closest(folded);
    if (!panel) return;
    event.preventDefault();
    panel.dataset.stale = "";
  });
  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches("details.sample")) return;
    for (const input of target.querySelectorAll("input")) input.disabled = !target.open;
    if (!target.open || !("stale" in target.dataset)) return;
    delete target.dataset.stale;
    target.querySelector(".section-body").dispatchEvent(new Event("stale"));
  }, true);
}
