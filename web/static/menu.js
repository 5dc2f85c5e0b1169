// Menus are <details>: they work by themselves, and close by Escape and by a
// click elsewhere. "/" goes to the search.
"use strict";
{
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.popup[open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  };

  document.addEventListener("click", ({ target }) => close(target));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.activeElement?.closest("details.popup[open]")?.querySelector("summary").focus();
      close(null);
    }
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
  });
}
