"""Keyset paging: a page costs the same wherever it lies, and nothing shifts when a track is added meanwhile.

The package django-cursor-pagination was tried: its cursors break on a "|" in a title, and its NULLS LAST keeps the
database from using an index.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SALT = "music.paging."

Found = list[tuple[Any, list[Any]]]
Read = Callable[[QuerySet[Any], list[str]], Found]


@dataclass(frozen=True)
class Order:
    """How a list goes: by its keys and then by id. With `is_nullable` the rows without a key come last."""

    name: str
    label: "StrOrPromise" = ""
    keys: tuple[str | Combinable, ...] = ()
    descending: bool = False
    is_nullable: bool = False


@dataclass(frozen=True)
class Page:
    """`next_cursor` is empty on the last page."""

    items: list[Any]
    next_cursor: str


def keyset_page(rows: QuerySet[Any], order: Order, *, after: str, size: int) -> Page:
    """The `size` rows that follow the cursor `after`; from the start when it was not issued for this order."""
    return _page(rows, order, after, size, _objects)


def keyset_ids(rows: QuerySet[Any], order: Order, *, after: str, size: int) -> Page:
    """The same of their ids: what is shown of them is joined afterwards, where it cannot mislead the planner."""
    return _page(rows, order, after, size, _ids)


def _page(rows: QuerySet[Any], order: Order, after: str, size: int, read: Read) -> Page:
    found = _following(rows, order, _position(after, order), size + 1, read)
    items = [item for item, _where in found[:size]]
    next_cursor = signing.dumps(found[size - 1][1], salt=SALT + order.name) if len(found) > size else ""
    return Page(items, next_cursor)


def _following(rows: QuerySet[Any], order: Order, position: list[Any] | None, limit: int, read: Read) -> Found:
    """Rows without a key are asked for apart: where NULL sorts differs, and saying it would cost the index."""
    if not order.is_nullable:
        return _stretch(rows, order, position, limit, read)
    has_key = Q(**{f"{order.keys[0]}__isnull": False})
    is_among_keys = position is None or position[0] is not None
    found = _stretch(rows.filter(has_key), order, position, limit, read) if is_among_keys else []
    if len(found) == limit:
        return found
    rest_from = None if is_among_keys or position is None else position[1:]
    rest = _stretch(rows.exclude(has_key), replace(order, keys=()), rest_from, limit - len(found), read)
    return found + [(item, [None, *where]) for item, where in rest]


def _stretch(rows: QuerySet[Any], order: Order, position: list[Any] | None, limit: int, read: Read) -> Found:
    keys = {f"key{number}": F(key) if isinstance(key, str) else key for number, key in enumerate(order.keys)}
    names = [*keys, "pk"]
    rows = rows.annotate(**keys).order_by(*(f"-{name}" if order.descending else name for name in names))
    if position:
        rows = rows.filter(_beyond(names, position, "lt" if order.descending else "gt"))
    return read(rows[:limit], names)


def _beyond(names: list[str], position: list[Any], comparison: str) -> Q:
    """(a, b, id) > (x, y, z), written so that an index over them knows where to begin."""
    beyond = Q(**{f"{names[-1]}__{comparison}": position[-1]})
    for name, value in reversed(list(zip(names[:-1], position[:-1], strict=True))):
        beyond = Q(**{f"{name}__{comparison}": value}) | (Q(**{name: value}) & beyond)
    return Q(**{f"{names[0]}__{comparison}e": position[0]}) & beyond


def _objects(rows: QuerySet[Any], names: list[str]) -> Found:
    return [(row, [getattr(row, name) for name in names]) for row in rows]


def _ids(rows: QuerySet[Any], names: list[str]) -> Found:
    return [(where[-1], list(where)) for where in rows.values_list(*names)]


def _position(cursor: str, order: Order) -> list[Any] | None:
    try:
        position: list[Any] = signing.loads(cursor, salt=SALT + order.name)
    except (signing.BadSignature, ValueError):
        return None
    return position if len(position) == len(order.keys) + 1 else None
