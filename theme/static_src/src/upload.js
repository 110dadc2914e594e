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

export function chosenRow({ name, size }, remove) {
  const button = element("button", "Remove", "min-h-10 shrink-0 rounded-full px-3 text-muted hover:bg-raised hover:text-fg");
  button.type = "button";
  button.setAttribute("aria-label", `Remove ${name}`);
  button.addEventListener("click", remove);
  const row = element("li", "", "flex items-center gap-3");
  row.append(element("span", name, "min-w-0 flex-1 truncate"), element("span", sizeInWords(size), "shrink-0 tabular-nums text-muted"), button);
  return row;
}

export function filesAsList(files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  return transfer.files;
}

/** 5349120 -> "5.1 MB" */
export function sizeInWords(bytes) {
  const megabytes = bytes / 1024 ** 2;
  return megabytes >= 0.1 ? `${megabytes.toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`;
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

function answerOf({ responseURL, responseText }, form) {
  return { url: responseURL, html: responseText, isRedirected: responseURL !== form.action };
}
