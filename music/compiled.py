"""Questions that are asked so often that it takes longer to write their SQL than to answer them: written once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

# What stands for an id until it is known.
ID = -987_654_321
# Words of ours that every question about visible tracks has. SQLite must be told them with the question: told a state
# afterwards, it asks itself each time whether a partial index could help, and takes longer for that than to answer.
WRITTEN_OUT = {"published", "public"}


class Compiled(NamedTuple):
    """SQL for plain columns, texts and integers, that need no conversion after they were read."""

    sql: str
    parameters: tuple[Any, ...]

    def rows(self, known: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """`known` tells what to put in the place of what stood for it."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.knowing(known).parameters)
            return cursor.fetchall()

    def knowing(self, known: Mapping[Any, Any]) -> Compiled:
        return Compiled(self.sql, tuple(known.get(each, each) for each in self.parameters))


NOTHING = Compiled("SELECT 0 AS id WHERE 1 = 0", ())


def places(count: int) -> list[int]:
    """What stands for so many ids."""
    return [ID - place for place in range(1, count + 1)]


def compiled(rows: QuerySet[Any]) -> Compiled:
    try:
        return _written_out(*rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql())
    except EmptyResultSet:
        return NOTHING


def _written_out(sql: str, parameters: tuple[Any, ...]) -> Compiled:
    places = [f"'{each}'" if each in WRITTEN_OUT else "%s" for each in parameters]
    texts = sql.split("%s")
    written = "".join(text + place for text, place in zip(texts, [*places, ""], strict=True))
    return Compiled(written, tuple(each for each in parameters if each not in WRITTEN_OUT))
