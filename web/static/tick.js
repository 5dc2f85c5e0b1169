// Ticked rows are counted, and one box ticks all on the page. Where a list goes
// on beyond the page, another box means all of it.
"use strict";
{
  const boxes = (form) => [...form.querySelectorAll("input[type=checkbox][name=id]")];

  const show = (form) => {
    const rows = boxes(form);
    const ticked = rows.filter((box) => box.checked).length;
    const beyond = form.querySelector("[data-tick-beyond]");
    const page = form.querySelector("[data-tick-all]");
    if (page) {
      page.checked = ticked > 0 && ticked === rows.length;
      page.indeterminate = ticked > 0 && ticked < rows.length;
    }
    const count = form.querySelector("[data-ticked]");
    if (count) count.textContent = ticked && !beyond?.checked ? count.dataset.ticked.replace("#", ticked) : "";
  };

  document.addEventListener("change", ({ target }) => {
    const form = target.closest("form[data-bulk]");
    if (!form) return;
    const beyond = form.querySelector("[data-tick-beyond]");
    if (target.matches("[data-tick-all], [data-tick-beyond]")) {
      for (const box of boxes(form)) box.checked = target.checked;
    }
    if (beyond && target !== beyond && !target.checked) beyond.checked = false;
    show(form);
  });

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    const around = elt.closest("form[data-bulk]");
    for (const form of around ? [around] : elt.querySelectorAll("form[data-bulk]")) show(form);
  });
}
