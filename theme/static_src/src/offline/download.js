const FOLD_BYTES = 8 * 1024 ** 2;

/** The server's answer is not the file: an error, a page, a sign-in. */
export class NotTheFile extends Error {}

/**
 * The whole file as {path, blob, etag}; anything but a whole one rejects. `onBytes` is told of each piece.
 * Pieces are folded into blobs, which the browser may put on the disk, so that a long file is not held in memory.
 */
export async function download(path, { kind, signal, onBytes = () => {}, fetch = globalThis.fetch }) {
  const response = await fetch(path, { signal, redirect: "error", cache: "no-store" });
  const type = response.headers.get("Content-Type") ?? "";
  if (response.status !== 200 || !type.startsWith(`${kind}/`)) throw new NotTheFile(path);
  const blob = await read(response.body.getReader(), type, onBytes);
  const length = response.headers.get("Content-Length");
  if (length && !response.headers.get("Content-Encoding") && Number(length) !== blob.size) throw new NotTheFile(path);
  return { path, blob, etag: response.headers.get("ETag") ?? "" };
}

async function read(reader, type, onBytes) {
  let [folded, pieces, loose] = [[], [], 0];
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    pieces.push(value);
    loose += value.length;
    onBytes(value.length);
    if (loose >= FOLD_BYTES) [folded, pieces, loose] = [[...folded, new Blob(pieces)], [], 0];
  }
  return new Blob([...folded, ...pieces], { type });
}
