"""The picture of a review, drawn once and then kept."""

from threading import Lock

from django.core.cache import cache

from history.reviews.drawing import drawn
from history.reviews.poster import Poster

KEPT_SECONDS = 7 * 24 * 3600

# One at a time, so that whoever asks for many different ones takes one core and not all of them.
drawing = Lock()


def picture_of(poster: Poster, shape: str) -> bytes:
    """As PNG. `shape`: portrait or wide."""
    key = f"review-picture:{poster.key}:{shape}"
    if (kept := cache.get(key)) is not None:
        return kept
    with drawing:
        if (kept := cache.get(key)) is None:
            kept = drawn(poster, shape)
            cache.set(key, kept, KEPT_SECONDS)
    return kept
