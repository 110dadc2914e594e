import { session, visit } from "@hotwired/turbo";
import { keptPageInstead } from "./offline/index.js";
import { UNREACHABLE } from "./words.js";

/** Keeps the document, and with it the music, when a page is refused, breaks or does not come. */
export function keepTheDocument(tell) {
  renderErrorsLikePages(tell);
  stayWhenThereIsNoAnswer(tell);
  writeOnlyWhatChanges(document.documentElement);
}

/** Turbo writes lang and dir anew with each page, and even for the same ones a browser restyles all of the page that goes. */
function writeOnlyWhatChanges(html) {
  html.setAttribute = (name, value) => html.getAttribute(name) === value || Element.prototype.setAttribute.call(html, name, value);
}

/**
 * Turbo shows an error page by replacing the whole document and running its scripts again. Ours
 * are pages like any other; a page that is not ours, such as a proxy's, is not worth the music.
 */
function renderErrorsLikePages(tell) {
  const { view } = session;
  view.renderError = async (snapshot, visit) => {
    if (!snapshot.element.querySelector("#main")) return tell(UNREACHABLE);
    await view.renderPage(snapshot, false, true, visit);
    visit?.performScroll();
  };
}

/** Turbo would leave for the browser's own error page. */
function stayWhenThereIsNoAnswer(tell) {
  const expected = new WeakSet();
  document.addEventListener("turbo:fetch-request-error", (event) => {
    const { request, error } = event.detail;
    const isVisit = Boolean(request.delegate.fail);
    if (isVisit && !document.getElementById("player")) return;
    expected.add(error);
    event.preventDefault();
    if (isVisit) request.delegate.fail();
    if (isPrefetch(event)) return;
    const instead = isVisit ? keptPageInstead() : "";
    if (instead && request.url.pathname !== instead) visit(instead);
    else tell(UNREACHABLE);
  });
  // Turbo throws the error on, and nobody waits for it.
  addEventListener("unhandledrejection", (event) => expected.has(event.reason) && event.preventDefault());
}

function isPrefetch({ target }) {
  return target instanceof HTMLAnchorElement;
}
