"""Actions on all rows that a list has: however many are chosen, no more than so many are in memory."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

PORTION = 500


def in_portions(chosen: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """Chosen before the first changes, which may take it out of what it was chosen from."""
    rows = chosen.model._default_manager
    ids = list(chosen.order_by().values_list("pk", flat=True))
    for start in range(0, len(ids), PORTION):
        yield rows.filter(pk__in=ids[start : start + PORTION])
