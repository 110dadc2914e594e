"""Where the next page of a list begins, as a word in its address that only this site can have made."""

from collections.abc import Sequence
from typing import Any

from django.core import signing


def cursor_of(name: str, place: Sequence[Any]) -> str:
    """Of that list; `place` is what JSON can say. With signing.dumps, which adds the time, the same page would have
    another address for its next one each second.
    """
    return _signer(name).sign_object(list(place))


def place_of(name: str, cursor: str) -> list[Any] | None:
    """None where the cursor was not issued for that list."""
    try:
        place: list[Any] = _signer(name).unsign_object(cursor)
    except signing.BadSignature:
        return None
    return place


def _signer(name: str) -> signing.Signer:
    return signing.Signer(salt=f"cursor.{name}")
