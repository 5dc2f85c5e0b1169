// The characters of a field that has a limit are counted while they are typed;
// the number is read out when the typing pauses. A character is what the server
// takes for one: a code point. Rows that are sent as one text are counted as
// they are joined.
"use strict";
{
  let pause;

  const joined = (rows) =>
    [...rows.querySelectorAll(".row-cells")]
      .map((row) => [...row.querySelectorAll("input")].map((cell) => cell.value.trim()))
      .filter(([first]) => first)
      .map((cells) => cells.join(":").replace(/:$/, ""))
      .join(",");

  document.addEventListener("input", ({ target }) => {
    const rows = target.closest(".rows");
    const counted = rows ?? target;
    const note = counted.id && document.querySelector(`[data-count="${CSS.escape(counted.id)}"]`);
    if (!note) return;
    const n = [...(rows ? joined(rows) : target.value)].length;
    note.textContent = note.dataset.text.replace("#", n);
    note.classList.toggle("field-over", n > Number(note.dataset.max));
    clearTimeout(pause);
    pause = setTimeout(() => document.dispatchEvent(new CustomEvent("say", { detail: note.textContent })), 1000);
  });
}
