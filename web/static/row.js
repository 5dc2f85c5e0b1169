// A row that is being edited stands inside of a form about many rows: Enter saves
// the row and not the form, and Escape leaves it as it was.
"use strict";
document.addEventListener("keydown", (event) => {
  const editor = event.target.closest?.("[data-row-editor]");
  if (!editor || !event.target.matches("input") || event.isComposing) return;
  const control = { Enter: "[data-row-save]", Escape: "[data-row-cancel]" }[event.key];
  if (!control) return;
  event.preventDefault();
  editor.querySelector(control).click();
});
