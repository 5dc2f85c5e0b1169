// A filter that was typed comes back as a chip of the list, and its box is free
// for another one, unless something else was typed there meanwhile.
"use strict";
document.addEventListener("htmx:afterSwap", ({ detail: { requestConfig } }) => {
  for (const box of requestConfig?.elt.querySelectorAll("input[data-chips]") ?? []) {
    if (requestConfig.formData.getAll(box.name).includes(box.value)) box.value = "";
  }
});
