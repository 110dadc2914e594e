/** After a render that says what went wrong, the keyboard is there and not at the top of the page. */
export function focusWhatIsWrong(document) {
  document.addEventListener("turbo:render", ({ detail }) => {
    const wrong = detail.isPreview ? null : whatIsWrong(document);
    // Turbo scrolls to the top after this event.
    if (wrong) requestAnimationFrame(() => wrong.focus());
  });
}

function whatIsWrong(document) {
  const field = document.querySelector("main [aria-invalid=true]:not([type=hidden])");
  if (field) return field;
  const alert = document.querySelector("main [role=alert]:not([hidden])");
  if (alert) alert.tabIndex = -1;
  return alert;
}
