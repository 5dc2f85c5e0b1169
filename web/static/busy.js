// While a request is under way its form, or the row of a table that it is about,
// says so, cannot be sent twice, and counts the seconds: there is no bar,
// because nobody knows how long it takes.
"use strict";
{
  const begin = (form, button, xhr) => {
    form.setAttribute("aria-busy", "true");
    const work = { form, xhr, button };
    if (button?.dataset.busy) {
      work.label = [...button.childNodes];
      const started = Date.now();
      const show = () => {
        const seconds = Math.round((Date.now() - started) / 1000);
        button.textContent = button.dataset.busy + (seconds > 1 ? ` · ${seconds} s` : "…");
      };
      button.dataset.working = "";
      show();
      work.timer = setInterval(show, 1000);
    }
    return work;
  };

  const end = (work) => {
    clearInterval(work.timer);
    work.form.removeAttribute("aria-busy");
    if (work.label) {
      delete work.button.dataset.working;
      work.button.replaceChildren(...work.label);
    }
  };

  const works = new Map(); // by request
  const checks = new Map(); // forms by the request that checks one of their fields

  document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr, requestConfig } }) => {
    const submitter = requestConfig.triggeringEvent?.submitter ?? (elt.matches("button") ? elt : null);
    const form = elt.closest("[data-work], form");
    if (!form) return;
    if (elt !== form && !submitter) {
      checks.set(xhr, form); // a field that is checked as it is left does not hold up the form
      return;
    }
    for (const [check, checked] of checks) if (checked === form) check.abort();
    works.set(xhr, begin(form, submitter, xhr));
  });

  document.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
    const work = works.get(xhr);
    works.delete(xhr);
    checks.delete(xhr);
    // On the way to another page the form stays busy.
    if (work && !xhr.getResponseHeader("HX-Redirect")) end(work);
  });

  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.("[data-cancel]")) return;
    for (const { form, xhr, button } of works.values()) {
      if (!form.contains(target)) continue;
      xhr.abort();
      button?.focus(); // the button that was pressed is not there any more
      document.dispatchEvent(new CustomEvent("say", { detail: document.body.dataset.stopped }));
    }
  });

  // Forms that the browser sends by itself.
  const sent = new Set();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return; // htmx took it
    if (event.submitter?.matches("[data-download]")) return; // the page stays
    if (form.ariaBusy === "true") event.preventDefault();
    else sent.add(begin(form, event.submitter));
  });
  addEventListener("pageshow", () => {
    sent.forEach(end);
    sent.clear();
  });
}
