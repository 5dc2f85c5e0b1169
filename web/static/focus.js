// The focus stays where the work is: if what had it is gone after a swap, the
// part that was swapped gets it, and not the top of the page. What was selected
// in an input stays selected: who came to it by Tab types over what is there.
"use strict";
{
  let held = null; // id of the part that is being replaced and has the focus
  let marked = null; // what is selected in the input that has the focus

  const before = (part) => {
    const active = document.activeElement;
    held = part.contains(active) ? part.id : null;
    marked = held && active.id && active.selectionEnd ? { id: active.id, from: active.selectionStart, to: active.selectionEnd } : null;
  };
  const mark = () => {
    const active = document.activeElement;
    if (marked && active?.id === marked.id) active.setSelectionRange?.(marked.from, marked.to);
    marked = null;
  };
  const after = () => {
    const part = held && document.getElementById(held);
    held = null;
    if (!part || (document.activeElement && document.activeElement !== document.body)) return;
    if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
    part.focus({ preventScroll: true });
  };

  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => before(target));
  document.addEventListener("htmx:afterSwap", mark);
  document.addEventListener("htmx:afterSettle", after);
  // Who asked for something sees the answer, wherever the page has been scrolled to.
  document.addEventListener("htmx:afterSettle", ({ target }) => target.querySelector?.("[data-show]")?.scrollIntoView({ block: "nearest" }));
  document.addEventListener("htmx:sseBeforeMessage", ({ target }) => before(target));
  document.addEventListener("htmx:sseMessage", after);
}
