"""Keyset paging: a page costs the same wherever it lies, and nothing shifts when a track is added meanwhile.

The package django-cursor-pagination was tried: its cursors break on a "|" in a title, and its NULLS LAST keeps the
database from using an index.
"""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

SALT = "music.paging."


@dataclass(frozen=True)
class Page:
    items: list[Any]
    next_cursor: str


def keyset_page(rows: QuerySet[Any], key: Combinable, *, name: str, descending: bool, after: str, size: int) -> Page:
    """The `size` rows that follow the cursor `after`; from the start when it was not issued for the order `name`."""
    sign, comparison = ("-", "lt") if descending else ("", "gt")
    rows = rows.annotate(sort_key=key).order_by(f"{sign}sort_key", f"{sign}pk")
    if position := _position(after, name):
        value, pk = position
        rows = rows.filter(
            Q(**{f"sort_key__{comparison}e": value})
            & ~Q(sort_key=value, **{f"pk__{'gte' if descending else 'lte'}": pk})
        )
    items = list(rows[: size + 1])
    more = len(items) > size
    last = items[size - 1] if more else None
    return Page(items[:size], signing.dumps([last.sort_key, last.pk], salt=SALT + name) if last else "")


def _position(cursor: str, name: str) -> tuple[Any, int] | None:
    try:
        value, pk = signing.loads(cursor, salt=SALT + name)
    except (signing.BadSignature, ValueError):
        return None
    return value, pk
