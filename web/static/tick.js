// Ticked rows are counted, and one box ticks all on the page, or all of a group of
// its rows. Where a list goes on beyond the page, another box means all of it.
"use strict";
{
  const boxes = (part) => [...part.querySelectorAll("input[type=checkbox][name=id]")];
  const partOf = (box) => box.closest("[data-tick-group], form");

  const show = (form) => {
    const tickedOf = (rows) => rows.filter((box) => box.checked).length;
    const ticked = tickedOf(boxes(form));
    const beyond = form.querySelector("[data-tick-beyond]");
    for (const all of form.querySelectorAll("[data-tick-all]")) {
      const rows = boxes(partOf(all));
      const n = tickedOf(rows);
      all.checked = n > 0 && n === rows.length;
      all.indeterminate = n > 0 && n < rows.length;
    }
    const count = form.querySelector("[data-ticked]");
    if (count) count.textContent = ticked && !beyond?.checked ? count.dataset.ticked.replace("#", ticked) : "";
  };

  document.addEventListener("change", ({ target }) => {
    const form = target.closest("form[data-bulk]");
    if (!form) return;
    const beyond = form.querySelector("[data-tick-beyond]");
    if (target.matches("[data-tick-all], [data-tick-beyond]")) {
      for (const box of boxes(partOf(target))) box.checked = target.checked;
    }
    if (beyond && target !== beyond && !target.checked) beyond.checked = false;
    show(form);
  });

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    const around = elt.closest("form[data-bulk]");
    for (const form of around ? [around] : elt.querySelectorAll("form[data-bulk]")) show(form);
  });
}
