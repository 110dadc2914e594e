"""Keyset paging: a page costs the same wherever it lies, and nothing shifts when a track is added meanwhile.

The package django-cursor-pagination was tried: its cursors break on a "|" in a title, and its NULLS LAST keeps the
database from using an index.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import F, Field, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from music.compiled import Compiled, compiled
from music.cursors import cursor_of, place_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Found = list[tuple[Any, list[Any]]]
Make = Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class Order:
    """How a list goes: by its keys and then by id. With `is_nullable` the rows without a key come last.

    `id` names the column of the id where the rows are links to what is listed.
    """

    name: str
    label: "StrOrPromise" = ""
    keys: tuple[str | Combinable, ...] = ()
    descending: bool = False
    is_nullable: bool = False
    id: str = "pk"


@dataclass(frozen=True)
class Page:
    """`next_cursor` is empty on the last page."""

    items: list[Any]
    next_cursor: str


@dataclass(frozen=True)
class Stretch:
    """Rows in their order: all of them, or with `has_key` only those with a key, or only those without."""

    order: Order
    limit: int
    has_key: bool | None = None

    @property
    def keys(self) -> dict[str, Any]:
        keys = () if self.has_key is False else self.order.keys
        return {f"key{number}": F(key) if isinstance(key, str) else key for number, key in enumerate(keys)}

    @property
    def names(self) -> list[str]:
        return [*self.keys, self.order.id]

    def of(self, rows: QuerySet[Any], position: list[Any] | None) -> QuerySet[Any]:
        """Those of `rows` that follow the position."""
        if self.has_key is not None:
            rows = rows.filter(**{f"{self.order.keys[0]}__isnull": not self.has_key})
        sign, comparison = ("-", "lt") if self.order.descending else ("", "gt")
        rows = rows.annotate(**self.keys).order_by(*(sign + name for name in self.names))
        return (rows.filter(_beyond(self.names, position, comparison)) if position else rows)[: self.limit]


Ask = Callable[[Stretch, list[Any] | None], Found]


def keyset_page(rows: QuerySet[Any], order: Order, *, after: str, size: int) -> Page:
    """The `size` rows that follow the cursor `after`; from the start when it was not issued for this order."""

    def ask(stretch: Stretch, position: list[Any] | None) -> Found:
        return [(row, [getattr(row, name) for name in stretch.names]) for row in stretch.of(rows, position)]

    return _page(ask, order, after, size)


def keyset_ids(rows: QuerySet[Any], order: Order, *, after: str, size: int) -> Page:
    """The same of their ids: what is shown of them is joined afterwards, where it cannot mislead the planner."""

    def ask(stretch: Stretch, position: list[Any] | None) -> Found:
        return _ids(stretch.of(rows, position).values_list(*stretch.names))

    return _page(ask, order, after, size)


def compiled_keyset_ids(make: Make, known: dict[Any, Any], order: Order, *, after: str, size: int) -> Page:
    """The same of what `make` answers, whose SQL is written once; `known` is as in `Compiled.rows`."""

    def ask(stretch: Stretch, position: list[Any] | None) -> Found:
        marks = [f"\0key{number}" for number in range(len(position or ()))]
        question = _compiled(make, stretch, tuple(marks))
        return _ids(question.rows(known | dict(zip(marks, position or (), strict=True))))

    return _page(ask, order, after, size)


@lru_cache(maxsize=256)
def _compiled(make: Make, stretch: Stretch, marks: tuple[str, ...]) -> Compiled:
    position = [Value(mark, output_field=Field()) for mark in marks]
    return compiled(stretch.of(make(), position).values_list(*stretch.names))


def _page(ask: Ask, order: Order, after: str, size: int) -> Page:
    found = _following(ask, order, _position(after, order), size + 1)
    items = [item for item, _where in found[:size]]
    return Page(items, cursor_after(order, found[size - 1][1]) if len(found) > size else "")


def cursor_after(order: Order, keys: list[Any]) -> str:
    """Of the page that follows the row with these keys, the last of which is its id."""
    return cursor_of(f"list.{order.name}", keys)


def _following(ask: Ask, order: Order, position: list[Any] | None, limit: int) -> Found:
    """Rows without a key are asked for apart: where NULL sorts differs, and saying it would cost the index."""
    if not order.is_nullable:
        return ask(Stretch(order, limit), position)
    is_among_keys = position is None or position[0] is not None
    found = ask(Stretch(order, limit, has_key=True), position) if is_among_keys else []
    if len(found) == limit:
        return found
    rest_from = None if is_among_keys or position is None else position[1:]
    rest = ask(Stretch(order, limit - len(found), has_key=False), rest_from)
    return found + [(item, [None, *where]) for item, where in rest]


def _beyond(names: list[str], position: list[Any], comparison: str) -> Q:
    """(a, b, id) > (x, y, z), written so that an index over them knows where to begin."""
    beyond = Q(**{f"{names[-1]}__{comparison}": position[-1]})
    for name, value in reversed(list(zip(names[:-1], position[:-1], strict=True))):
        beyond = Q(**{f"{name}__{comparison}": value}) | (Q(**{name: value}) & beyond)
    return Q(**{f"{names[0]}__{comparison}e": position[0]}) & beyond


def _ids(rows: Iterable[tuple[Any, ...]]) -> Found:
    return [(where[-1], list(where)) for where in rows]


def _position(cursor: str, order: Order) -> list[Any] | None:
    position = place_of(f"list.{order.name}", cursor)
    return position if position and len(position) == len(order.keys) + 1 else None
