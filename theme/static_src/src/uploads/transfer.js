import { gettext } from "../words.js";

const CHUNK_BYTES = 8 * 1024 ** 2;
const RETRY_AFTER_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000];
const TRY_AGAIN = new Set([408, 409, 423, 425, 429, 460]);
const REFUSED = new Set([400, 413, 415]);
const FULL = 507;

/**
 * One file on its way by tus. A place in it is remembered, also over a reload, for whoever chooses the same file again.
 *
 * `load` gives tus-js-client's Upload; `headers` are asked for each request; `owner` tells one person's files from
 * another's in the same browser; `taken` has the addresses that other transfers of this document write to; `turns` is
 * theirs too, for the server lists files in the order in which it hears of them; `tell` is called when the server has
 * forgotten a file.
 */
export class Transfer {
  #file;
  #options;
  #upload = null;
  #listener = null;
  #isCreating = false;
  #isCancelled = false;
  #endTurn = () => {};

  constructor(file, options) {
    this.#file = file;
    this.#options = options;
  }

  /** What the server calls it, 32 digits; "" as long as it does not. */
  get id() {
    return this.#url.match(/([0-9a-f-]{36})\/?$/)?.[1].replaceAll("-", "") ?? "";
  }

  get #url() {
    return this.#upload?.url ?? "";
  }

  async start(listener) {
    this.#listener = listener;
    if (this.#isCreating) return;
    this.#isCreating = true;
    try {
      this.#upload ??= await this.#prepared();
    } catch {
      this.#isCreating = false;
      return this.#listener?.failed({ kind: "lost", reason: gettext("The connection was lost.") });
    }
    this.#isCreating = Boolean(this.#listener) && !this.#url;
    if (this.#listener) this.#upload.start();
    else if (this.#isCancelled) this.#takeBack();
  }

  /** A request that makes the upload is let through: its answer says where to go on later, or what to take back. */
  pause() {
    this.#listener = null;
    if (!this.#isCreating) this.#upload?.abort();
  }

  cancel() {
    this.#isCancelled = true;
    this.pause();
    if (!this.#isCreating) this.#takeBack();
  }

  async #prepared() {
    const { endpoint, fields, owner, load, taken } = this.#options;
    const Upload = await load();
    const upload = new Upload(this.#file, {
      endpoint,
      metadata: { filename: this.#file.name, ...fields },
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_AFTER_MS,
      removeFingerprintOnSuccess: true,
      fingerprint: async ({ name, size, lastModified }) => ["upload", owner, name, size, lastModified].join("-"),
      onBeforeRequest: (request) => this.#introduce(request),
      onAfterResponse: (request, response) => this.#answered(request, response),
      onShouldRetry: (error) => this.#retries(error),
      onUploadUrlAvailable: () => this.#found(),
      onProgress: (bytes) => this.#listener?.moved(bytes),
      onSuccess: () => this.#arrive(),
      onError: (error) => this.#fail(error),
    });
    const before = (await upload.findPreviousUploads()).find((each) => isTheSame(each.metadata, fields) && !taken.has(each.uploadUrl));
    if (before) upload.resumeFromPreviousUpload(before);
    if (upload.url) taken.add(upload.url);
    return upload;
  }

  async #introduce(request) {
    if (request.getMethod() === "POST") await this.#turn();
    for (const [name, value] of Object.entries(this.#options.headers())) request.setHeader(name, value);
  }

  async #turn() {
    const { turns } = this.#options;
    const before = turns.last;
    this.#isCreating = true;
    turns.last = new Promise((resolve) => (this.#endTurn = resolve));
    await before;
  }

  #answered(request, response) {
    this.#endTurn();
    keepThePlace(request, response);
  }

  #found() {
    this.#isCreating = false;
    this.#options.taken.add(this.#url);
    if (this.#listener) return;
    this.#upload.abort();
    if (this.#isCancelled) this.#takeBack();
  }

  /** Where that fails, the file is listed as one that did not arrive, and can be taken back there. */
  #takeBack() {
    const { taken, tell } = this.#options;
    if (!this.#url) return;
    taken.delete(this.#url);
    this.#upload.abort(true).then(tell, tell);
  }

  #retries(error) {
    this.#endTurn();
    const status = statusOf(error);
    const mayPass = !status || TRY_AGAIN.has(status) || (status >= 500 && status !== FULL);
    if (mayPass) this.#listener?.stumbled();
    return mayPass && Boolean(this.#listener || this.#isCancelled);
  }

  #arrive() {
    this.#options.taken.delete(this.#url);
    this.#listener?.arrived();
  }

  async #fail(error) {
    this.#endTurn();
    this.#isCreating = false;
    const listener = this.#listener;
    const failure = (await this.#isUnreadable(error)) ? UNREADABLE : failureOf(error);
    if (listener === this.#listener) listener?.failed(failure);
  }

  /** A file that was changed or taken away fails like a network that is down. */
  async #isUnreadable(error) {
    if (statusOf(error)) return false;
    return this.#file.slice(0, 1).arrayBuffer().then(() => false, () => true);
  }
}

const UNREADABLE = { kind: "refused", reason: gettext("The file was changed or moved on your disk. Choose it again.") };

/**
 * Other visibility or genre: a new upload, for the server keeps what it was told first. But who chooses a file of a
 * folder alone wants it to go on.
 */
function isTheSame({ filename: _filename, folder: _before, ...before } = {}, { folder: _folder, ...fields }) {
  return JSON.stringify(before) === JSON.stringify(fields);
}

/** tus-js-client would forget an upload and begin it anew whatever the answer to where it stands. */
function keepThePlace(request, response) {
  const status = response.getStatus();
  const isGone = status === 404 || status === 410;
  if (request.getMethod() !== "HEAD" || status < 300 || isGone) return;
  throw Object.assign(new Error(`The server answers ${status}`), { status });
}

function failureOf(error) {
  const status = statusOf(error);
  if (!status) return { kind: "lost", reason: gettext("The connection was lost.") };
  // 403: the cookie against forged requests is gone too.
  if (status === 401 || status === 403) return { kind: "session", reason: "" };
  const reason = sentenceIn(error) || gettext("The server could not take it (%(status)s). Try again later.", { status });
  if (REFUSED.has(status)) return { kind: "refused", reason };
  return { kind: status === FULL ? "full" : "broken", reason };
}

function statusOf(error) {
  return error.originalResponse?.getStatus() || error.causingError?.status || 0;
}

function sentenceIn(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()).error ?? "";
  } catch {
    return "";
  }
}
