"""Figures as commands print them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discovery.evaluating import Judged

MEASURES = {
    "ndcg@10": "ndcg_at_10",
    "recall@20": "recall_at_20",
    "coverage@10": "coverage_at_10",
    "novelty": "novelty",
    "listeners": "listeners",
}


def table_of(judged: Mapping[str, Judged]) -> str:
    rows = [
        [name, *(_figure(getattr(each.quality, measure)) for measure in MEASURES.values())]
        for name, each in judged.items()
    ]
    return table(["", *MEASURES], rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _figure(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"
