import { visit } from "@hotwired/turbo";

/**
 * Sends a form by XMLHttpRequest, the only way to see an upload's progress. Resolves to
 * {url, html, isRedirected}, or to null when there was no answer.
 */
export function sendForm(form, { onProgress, signal }) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? Math.floor((100 * loaded) / total) : 0));
    request.addEventListener("loadend", () => resolve(request.status ? answerOf(request, form) : null));
    signal.addEventListener("abort", () => request.abort());
    request.send(new FormData(form));
  });
}

/**
 * Renders the server's page the way Turbo renders a form's answer; a second request would not
 * find its messages any more. False when it is no page of ours, such as a proxy's refusal.
 */
export function renderAnswer({ url, html, isRedirected }) {
  if (!new DOMParser().parseFromString(html, "text/html").getElementById("main")) return false;
  const action = isRedirected ? "advance" : "replace";
  // Turbo shows anything but a success by replacing the whole document, the player with it.
  visit(url, { action, response: { statusCode: 200, responseHTML: html, redirected: isRedirected } });
  return true;
}

function answerOf({ responseURL, responseText }, form) {
  return { url: responseURL, html: responseText, isRedirected: responseURL !== form.action };
}
