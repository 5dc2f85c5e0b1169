// A form with unsaved changes is not left without a word, and the language and
// theme switches take what was typed along.
"use strict";
{
  let changed = false;
  const guarded = () => document.querySelector("form[data-guard]");
  const unsaved = () => guarded() && (changed || guarded().hasAttribute("data-unsaved"));

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, ({ target }) => {
      if (target.name !== "sample" && target.closest("form[data-guard]")) changed = true;
    });
  }

  let leaving = false; // with everything that was typed
  addEventListener("beforeunload", (event) => {
    if (unsaved() && !leaving) event.preventDefault();
  });
  addEventListener("pageshow", () => (leaving = false));

  // What would replace the form asks only if something would be lost.
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question || unsaved()) return;
    event.preventDefault();
    event.detail.issueRequest(true);
  });

  // htmx leads to another page when the form was saved.
  document.addEventListener("htmx:beforeOnLoad", ({ detail: { xhr } }) => {
    if (xhr.status < 400 && xhr.getResponseHeader("HX-Redirect")) leaving = true;
  });

  document.addEventListener("submit", (event) => {
    const form = guarded();
    if (event.target === form) {
      if (!event.defaultPrevented) leaving = true; // sent by the browser itself
      return;
    }
    if (!event.target.matches("form[action='/preferences']") || !unsaved() || !event.submitter) return;
    event.preventDefault();
    const choice = document.createElement("input");
    Object.assign(choice, { type: "hidden", name: event.submitter.name, value: event.submitter.value });
    form.append(choice);
    form.setAttribute("action", form.dataset.guard);
    leaving = true;
    form.submit(); // past htmx: the answer is a whole page
  });
}
