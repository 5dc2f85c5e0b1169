// What is pressed stays where it is until it is released: an answer that comes
// meanwhile, such as the judgement of the field that was left by this very press,
// waits. It might replace what is pressed, and the browser would not take the
// release for a click any more.
"use strict";
{
  let waiting = null; // answers that came since something was pressed, null if nothing is

  const press = () => (waiting ??= []);
  const release = () => {
    const answers = waiting;
    waiting = null;
    if (answers) setTimeout(() => answers.forEach((answer) => answer())); // the click comes first
  };

  addEventListener("pointerdown", ({ button }) => button === 0 && press(), true);
  for (const end of ["pointerup", "pointercancel", "keyup"]) addEventListener(end, release, true);
  addEventListener("blur", release); // the window was left: nobody hears of the release

  const space = ({ key, target }) => key === " " && target.matches?.("button, summary, [type=checkbox], [type=radio]");
  addEventListener("keydown", (event) => space(event) && press(), true);

  document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => {
    const answer = xhr.onload;
    xhr.onload = () => (waiting ? waiting.push(answer) : answer());
  });
}
