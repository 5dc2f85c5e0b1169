// A result is about what was tested. Once a tested value changes, it says so.
"use strict";
{
  const judge = ({ target }) => {
    const check = target.closest("form")?.querySelector(".check[data-tested]");
    const note = check?.querySelector(".check-stale");
    if (!note?.hidden || !check.dataset.tested.split(" ").some((begin) => target.name?.startsWith(begin))) return;
    check.classList.add("check-old");
    note.hidden = false;
    document.dispatchEvent(new CustomEvent("say", { detail: note.textContent.trim() }));
  };
  for (const kind of ["input", "change"]) document.addEventListener(kind, judge);
}
