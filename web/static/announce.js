// Results of swaps are read out, and errors that htmx does not swap are shown.
"use strict";
{
  const say = (text) => {
    const region = document.getElementById("announcer");
    region.textContent = "";
    // A region that is filled in the same breath as it was emptied is not read again.
    setTimeout(() => (region.textContent = text), 50);
  };

  // The other scripts say things by this event.
  document.addEventListener("say", ({ detail }) => say(detail));

  // htmx:load comes once for the page and once for everything swapped in.
  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    for (const scripted of elt.querySelectorAll("[data-copy], [data-reveal], [data-generate], [data-scripted]")) scripted.hidden = false;
    if (elt === document.body) return;
    // A verdict comes before what it found wrong in a field.
    const news = elt.matches("[data-announce]") ? elt : (elt.querySelector("[role=status][data-announce]") ?? elt.querySelector("[data-announce]"));
    if (news) say(news.dataset.announce);
  });

  const toast = (text, link) => {
    const box = document.createElement("div");
    box.className = "toast-message";
    const message = document.createElement("p");
    message.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-ghost btn-sm";
    close.textContent = document.body.dataset.dismiss;
    close.addEventListener("click", () => box.remove());
    if (link) message.append(" ", document.importNode(link, true));
    box.append(message, close);
    document.getElementById("toasts").replaceChildren(box);
  };

  // An error answer is a whole page, which says in one line what is wrong.
  document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    toast(page.querySelector("[data-problem]")?.dataset.problem ?? document.body.dataset.broken, page.querySelector("[data-problem-link]"));
  });
  for (const lost of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(lost, () => toast(document.body.dataset.offline));
  }

  const show = (button, shown) => {
    document.getElementById(button.dataset.reveal).type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };

  // A secret that was made up has to be seen, to be copied to the other side.
  const fill = (input) => {
    const random = crypto.getRandomValues(new Uint8Array(32));
    input.value = "whsec_" + btoa(String.fromCharCode(...random));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    const button = document.querySelector(`[data-reveal="${input.id}"]`);
    if (button) show(button, true);
    input.focus();
    input.select();
  };

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
    if (reveal) show(reveal, document.getElementById(reveal.dataset.reveal).type === "password");
    const generate = target.closest?.("[data-generate]");
    if (generate) fill(document.getElementById(generate.dataset.generate));
  });
}
