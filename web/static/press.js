// What is pressed stays where it is until it is released: an answer that comes
// meanwhile, such as the judgement of the field that was left by this very press,
// waits. It might replace what is pressed, and the browser would not take the
// release for a click any more.
"use strict";
{
  // Answers that came since something was pressed, null if nothing is.
  let waiting = null;

  const press = () => (waiting ??= []);
  // The click comes first.
  const release = () => {
    const answers = waiting;
    waiting = null;
    setTimeout(() => answers?.forEach((answer) => answer()));
  };

  addEventListener("pointerdown", ({ button }) => button === 0 && press(), true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, release, true);
  // Who has left the window releases elsewhere.
  addEventListener("blur", release);

  // A button is pressed by Space, too.
  addEventListener("keydown", ({ key, target }) => key === " " && target.matches?.("button") && press(), true);
  addEventListener("keyup", ({ key }) => key === " " && release(), true);

  document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => {
    const answer = xhr.onload;
    xhr.onload = () => (waiting ? waiting.push(answer) : answer());
  });
}
