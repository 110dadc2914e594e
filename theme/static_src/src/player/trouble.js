/**
 * Why a sound does not come: "gone" (deleted, or no longer for this listener), "expired" (signed out), "away" (no answer, or
 * none of ours) or "broken" (it is there, and cannot be played).
 */
export async function troubleWith(src, fetch) {
  try {
    const { status } = await fetch(src, { method: "HEAD", redirect: "manual" });
    if (status === 404 || status === 410) return "gone";
    if (status === 401 || status === 403) return "expired";
    return status === 200 ? "broken" : "away";
  } catch {
    return "away";
  }
}
