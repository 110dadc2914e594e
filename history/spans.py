"""Stretches of days as the addresses of the numbers name them: ?period=2026-11, 2026-W48, 2026, all, or from and to."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateparse import parse_date
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

FIRST, LAST = date(1971, 1, 1), date(2999, 12, 31)
WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
YEAR = re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True)
class Period:
    """Days from `since` to `until`, both in. `kind`: week, month, year, all or range."""

    kind: str
    since: date
    until: date

    @property
    def said(self) -> dict[str, str]:
        """The parameters of an address that mean it."""
        if self.kind == "range":
            return {"from": self.since.isoformat(), "to": self.until.isoformat()}
        names = {"week": f"{self.since:%G-W%V}", "month": f"{self.since:%Y-%m}", "year": f"{self.since:%Y}"}
        return {"period": names.get(self.kind, "all")}

    @property
    def title(self) -> str:
        titles = {
            "month": date_format(self.since, "YEAR_MONTH_FORMAT"),
            "year": date_format(self.since, "Y"),
            "all": _("All time"),
        }
        return titles.get(self.kind) or stretch(self.since, self.until)

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def before(self) -> "Period | None":
        if self.kind == "all" or self.since <= FIRST:
            return None
        last = self.since - timedelta(days=1)
        if self.kind == "range":
            return Period("range", max(FIRST, self.since - timedelta(days=min(self.days, 366_000))), last)
        return around(self.kind, last)

    def after(self, today: date) -> "Period | None":
        """The one that follows, unless it lies in the future."""
        first = self.until + timedelta(days=1)
        if self.kind == "all" or first > today:
            return None
        if self.kind == "range":
            return Period("range", first, min(LAST, first + timedelta(days=self.days - 1)))
        return around(self.kind, first)


def period_of(parameters: Mapping[str, str], today: date, begin: date) -> Period:
    """What makes no sense means this month. `begin` is the first day of all time."""
    name = parameters.get("period", "")
    first, last = _day(parameters.get("from", "")), _day(parameters.get("to", ""))
    if not name and (first or last):
        first, last = sorted((first or min(begin, last or today), last or max(today, first or today)))
        return Period("range", first, last)
    if name == "all":
        return Period("all", min(begin, today), today)
    return named_period(name) or around("month", today)


def around(kind: str, day: date) -> Period:
    """The week, month or year that the day is in."""
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Period("week", monday, monday + timedelta(days=6))
    if kind == "month":
        return Period("month", day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
    return Period("year", date(day.year, 1, 1), date(day.year, 12, 31))


def named_period(name: str) -> Period | None:
    """The week, month or year of that name."""
    try:
        if found := WEEK.fullmatch(name):
            day, kind = date.fromisocalendar(int(found[1]), int(found[2]), 1), "week"
        elif found := MONTH.fullmatch(name):
            day, kind = date(int(found[1]), int(found[2]), 1), "month"
        elif YEAR.fullmatch(name):
            day, kind = date(int(name), 1, 1), "year"
        else:
            return None
    except ValueError:
        return None
    return around(kind, day) if FIRST <= day <= LAST else None


def stretch(since: date, until: date) -> str:
    """ "3 March 2026", "3 – 9 March 2026", "30 March – 5 April 2026"; each language in its own order."""
    if since == until:
        return date_format(until, "DATE_FORMAT")
    begin = end = "DATE_FORMAT"
    whole = get_format("DATE_FORMAT")
    if since.year == until.year and whole.startswith("Y"):
        end = "MONTH_DAY_FORMAT"
    elif since.year == until.year:
        is_short = since.month == until.month and whole == "j F Y"
        begin = "j" if is_short else "MONTH_DAY_FORMAT"
    return f"{date_format(since, begin)} – {date_format(until, end)}"


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and FIRST <= day <= LAST else None
