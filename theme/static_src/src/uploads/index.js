import { showIndicator } from "./indicator.js";
import { Pace } from "./pace.js";
import { UploadQueue } from "./queue.js";
import { Transfer } from "./transfer.js";

const TELL_EVERY_MS = 1_500;

/** Addresses that are being written to: two files that look the same must not go on in one place. */
const taken = new Set();
const turns = { last: null };

const tell = inSteps(() => document.dispatchEvent(new Event("uploads:changed")), TELL_EVERY_MS);

/** No page owns it: it goes on while one looks around elsewhere. */
export const uploads = new UploadQueue({ open: openTransfer, pace: new Pace() });

/** Once per document. */
export function startUploads() {
  const warn = (event) => event.preventDefault();
  uploads.addEventListener("arrived", tell);
  uploads.addEventListener("change", () => {
    if (uploads.isUnderWay) addEventListener("beforeunload", warn);
    else removeEventListener("beforeunload", warn);
  });
  addEventListener("online", () => uploads.retryFailed(["lost"]));
  showIndicator(uploads, document);
}

function openTransfer(file, { endpoint, ...fields }) {
  return new Transfer(file, {
    endpoint,
    fields,
    owner: document.querySelector('meta[name="user-id"]')?.content ?? "",
    headers: () => ({ "X-CSRFToken": document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "" }),
    load: async () => (await import(/* webpackChunkName: "tus" */ "tus-js-client/lib/browser/index.js")).Upload,
    taken,
    turns,
    tell,
  });
}

/** At once, then as often as it is asked for but not more often than this. */
function inSteps(act, everyMs) {
  let timer = null;
  let isAskedFor = false;
  const step = () => {
    timer = isAskedFor ? setTimeout(step, everyMs) : null;
    if (isAskedFor) act();
    isAskedFor = false;
  };
  return () => {
    isAskedFor = true;
    if (!timer) step();
  };
}
