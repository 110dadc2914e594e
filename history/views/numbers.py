"""What a listener's history adds up to."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from history.numbers import LONG, WHATS, Numbers, numbers_of
from history.reviews.periods import KINDS
from history.spans import Period, around
from history.tables import TABLES, as_csv, table_of
from users.access import listening_of


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    return _page(request, request.user)


@require_safe
def listener(request: HttpRequest, username: str) -> HttpResponse:
    return _page(request, listening_of(request.user, username))


@require_safe
def top(request: HttpRequest, what: str) -> HttpResponse:
    """The first hundred."""
    if what not in WHATS:
        raise Http404
    found = numbers_of(request.user, request.user, request.GET)
    rows = found.top(what, LONG)
    keys: list[Any] = [row.place.key for row in rows]
    context = {
        "numbers": found,
        "said": urlencode(found.period.said),
        "what": what,
        "title": WHATS[what],
        "rows": rows,
        # What is not in the library has a number below 0.
        "tracks": [key for key in keys if key > 0] if what == "tracks" else [],
    }
    return render(request, "history/numbers_top.html", context)


@require_safe
def table(request: HttpRequest, what: str) -> HttpResponse:
    if what not in WHATS | TABLES:
        raise Http404
    found = numbers_of(request.user, request.user, request.GET)
    name = "-".join([what, *found.period.said.values()])
    return HttpResponse(
        as_csv(table_of(found, what)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _page(request: HttpRequest, owner: Any) -> HttpResponse:
    found = numbers_of(owner, request.user, request.GET)
    context = {
        "numbers": found,
        "owner": owner,
        "said": urlencode(found.period.said),
        "choices": _choices(found),
        "before": _address(found.period.before()),
        "after": _address(found.period.after(found.today)),
        "review": found.period if _has_review(found) else None,
        "totals": [(name, found.difference(name)) for name in ("minutes", "listens", "discoveries")],
        "tops": [(what, WHATS[what], rows) for what, rows in found.tops().items()],
    }
    return render(request, "history/numbers.html", context)


def _has_review(found: Numbers) -> bool:
    return found.is_own and found.period.kind in KINDS and found.figures.total.listens > 0


def _choices(found: Numbers) -> list[tuple[str, str, bool]]:
    """(kind, address, whether it is chosen) of the week, month and year with the last day shown, and of all time."""
    chosen = [around(kind, found.until) for kind in ("week", "month", "year")]
    chosen.append(Period("all", found.begin or found.today, found.today))
    return [(each.kind, _address(each), each.kind == found.period.kind) for each in chosen]


def _address(period: Period | None) -> str:
    return f"?{urlencode(period.said)}" if period else ""
