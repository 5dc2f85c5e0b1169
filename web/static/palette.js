// The palette is the search in a dialog: by its button, by Ctrl+K, and by "/" where
// the page has no search of its own. Arrows choose while the cursor stays in the input.
"use strict";
{
  const palette = () => document.querySelector("dialog.palette");
  const options = () => [...palette().querySelectorAll("[role=option]")];
  const chosen = () => options().findIndex((option) => option.ariaSelected === "true");

  const choose = (to) => {
    const all = options();
    const at = (to + all.length) % all.length;
    all.forEach((option, i) => (option.ariaSelected = String(i === at)));
    all[at]?.scrollIntoView({ block: "nearest" });
    palette().querySelector("input").setAttribute("aria-activedescendant", all[at]?.id ?? "");
  };

  const open = (event) => {
    const dialog = palette();
    if (!dialog) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("input").select();
    htmx.trigger(dialog.querySelector("form"), "ask");
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-palette]") && !event.ctrlKey && !event.metaKey) open(event);
  });
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const slash = key === "/" && !target.closest("input, select, textarea, [contenteditable]");
    if ((key === "k" && (event.ctrlKey || event.metaKey)) || (slash && !event.defaultPrevented)) open(event);
    if (event.isComposing || !target.matches(".palette input")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) choose(chosen() + step);
    const option = key === "Enter" && options()[chosen()];
    if (option) option.click();
    if (step || option) event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", () => palette()?.open && choose(0));
}
