const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * First and last byte of a single range, or null for everything (no range, several, or nonsense): what the server's
 * music/streaming.py makes of the same header. Throws RangeError where it lies outside the file.
 */
export function parseRange(header, sizeBytes) {
  const [, first = "", last = ""] = ONE_RANGE.exec(header?.trim() ?? "") ?? [];
  if (!first && !last) return null;
  if (!first) {
    if (Number(last) === 0 || sizeBytes === 0) throw new RangeError(header);
    return [Math.max(0, sizeBytes - Number(last)), sizeBytes - 1];
  }
  if (last && Number(last) < Number(first)) return null;
  if (Number(first) >= sizeBytes) throw new RangeError(header);
  return [Number(first), last ? Math.min(Number(last), sizeBytes - 1) : sizeBytes - 1];
}

/** What a server would answer to a GET with these headers: 200, 206 or 416. `file` is {blob, etag}. */
export function answer({ blob, etag }, headers) {
  const always = { "Accept-Ranges": "bytes", "Content-Type": blob.type, "X-Content-Type-Options": "nosniff", ...(etag && { ETag: etag }) };
  let range;
  try {
    range = parseRange(wantedRange(headers, etag), blob.size);
  } catch {
    return new Response(null, { status: 416, headers: { ...always, "Content-Range": `bytes */${blob.size}` } });
  }
  if (!range) return new Response(blob, { headers: { ...always, "Content-Length": String(blob.size) } });
  const [first, last] = range;
  const part = blob.slice(first, last + 1, blob.type);
  const about = { "Content-Range": `bytes ${first}-${last}/${blob.size}`, "Content-Length": String(part.size) };
  return new Response(part, { status: 206, headers: { ...always, ...about } });
}

/** The Range header, unless If-Range says that the client holds another version of the file. */
function wantedRange(headers, etag) {
  const condition = headers.get("If-Range");
  return condition && condition !== etag ? null : headers.get("Range");
}
