// A share is typed or drawn with the slider: both show one number, and what is
// left of a hundred.
"use strict";
document.addEventListener("input", ({ target }) => {
  const share = target.closest("[data-share]");
  if (!share) return;
  const [typed, slider] = share.querySelectorAll("input");
  if (target === slider) typed.value = slider.value;
  const part = /^\s*\d+\s*$/.test(typed.value) ? +typed.value : 101;
  const rest = part > 100 ? "?" : 100 - part;
  share.querySelector("output").value = rest;
  if (part > 100) return;
  slider.value = part;
  share.querySelector("path").setAttribute("d", `M0 0h${part}v1H0z`);
});
