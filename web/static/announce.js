// Results of swaps are read out, and errors that htmx does not swap are shown.
"use strict";
{
  const say = (text) => {
    const region = document.getElementById("announcer");
    region.textContent = "";
    // A region that is filled in the same breath as it was emptied is not read again.
    setTimeout(() => (region.textContent = text), 50);
  };

  // htmx:load comes once for the page and once for everything swapped in.
  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    for (const button of elt.querySelectorAll("[data-copy], [data-reveal]")) button.hidden = false;
    if (elt === document.body) return;
    // A verdict comes before what it found wrong in a field.
    const news = elt.matches("[data-announce]") ? elt : (elt.querySelector(".check[data-announce]") ?? elt.querySelector("[data-announce]"));
    if (news) say(news.dataset.announce);
  });

  const toast = (text) => {
    const box = document.createElement("div");
    box.className = "toast-message";
    const message = document.createElement("p");
    message.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-ghost btn-sm";
    close.textContent = document.body.dataset.dismiss;
    close.addEventListener("click", () => box.remove());
    box.append(message, close);
    document.getElementById("toasts").replaceChildren(box);
  };

  // An error answer is a whole page, which says in one line what is wrong.
  document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    toast(page.querySelector("[data-problem]")?.dataset.problem ?? document.body.dataset.broken);
  });
  for (const lost of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(lost, () => toast(document.body.dataset.offline));
  }

  document.addEventListener("click", async ({ target }) => {
    const copy = target.closest?.("[data-copy]");
    if (copy) {
      const source = document.getElementById(copy.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.textContent);
        say(document.body.dataset.copied);
        copy.querySelector("span").textContent = document.body.dataset.copied;
      } catch {
        getSelection().selectAllChildren(source); // without the permission: ready for Ctrl+C
      }
    }
    const reveal = target.closest?.("[data-reveal]");
    if (reveal) {
      const input = document.getElementById(reveal.dataset.reveal);
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      reveal.setAttribute("aria-pressed", String(shown));
    }
  });
}
