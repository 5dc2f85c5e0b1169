// The focus stays where the work is: if what had it is gone after a swap, the
// part that was swapped gets it, and not the top of the page.
"use strict";
{
  let held = null; // id of the part that is being replaced and has the focus

  const before = (part) => {
    held = part.contains(document.activeElement) ? part.id : null;
  };
  const after = () => {
    const part = held && document.getElementById(held);
    held = null;
    if (!part || (document.activeElement && document.activeElement !== document.body)) return;
    if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
    part.focus({ preventScroll: true });
  };

  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => before(target));
  document.addEventListener("htmx:afterSettle", after);
  document.addEventListener("htmx:sseBeforeMessage", ({ target }) => before(target));
  document.addEventListener("htmx:sseMessage", after);
}
