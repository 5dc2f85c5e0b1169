// Nothing that was typed is lost: what changed in a form while the server was
// answering is put back after the swap, and what was unfolded stays so.
"use strict";
{
  const state = (control) => (control.matches("[type=checkbox], [type=radio]") ? control.checked : control.value);
  const controls = (root) => root.querySelectorAll("input[id]:not([type=file]), select[id], textarea[id]");

  const sent = new WeakMap(); // what the controls held when the request left
  const typed = new WeakMap(); // what was changed since
  const around = (target) => target.closest("form") ?? target; // parts beside the target may come along

  document.addEventListener("htmx:beforeSend", ({ detail: { xhr, target } }) => {
    sent.set(xhr, new Map([...controls(around(target))].map((control) => [control.id, state(control)])));
  });

  document.addEventListener("htmx:beforeSwap", ({ detail: { xhr, target } }) => {
    const old = sent.get(xhr);
    if (!old) return;
    typed.set(xhr, {
      changed: [...controls(around(target))].filter((control) => old.has(control.id) && old.get(control.id) !== state(control)),
      unfolded: [...target.querySelectorAll("details[id][open]")],
    });
  });

  const restore = (control) => {
    const now = document.getElementById(control.id);
    if (!now || now === control) return;
    if (typeof state(now) === "boolean") now.checked = control.checked;
    else {
      now.value = control.value;
      if (now === document.activeElement && control.selectionStart !== null) {
        now.setSelectionRange?.(control.selectionStart, control.selectionEnd);
      }
    }
    now.dispatchEvent(new Event("input", { bubbles: true })); // it is not what the answer is about
  };

  document.addEventListener("htmx:afterSwap", ({ detail: { xhr } }) => {
    const kept = typed.get(xhr);
    if (!kept) return;
    typed.delete(xhr);
    kept.changed.forEach(restore);
    for (const { id } of kept.unfolded) document.getElementById(id)?.setAttribute("open", "");
  });
}
