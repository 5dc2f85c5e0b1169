// What is pasted into an input that may become rows is judged at once, as if it
// had been left: a list of addresses falls into its rows where it was pasted.
"use strict";
{
  document.addEventListener("paste", ({ target }) => {
    if (!target.matches?.("input[data-paste]")) return;
    setTimeout(() => target.dispatchEvent(new Event("change", { bubbles: true })));
  });
}
