"""The history and the numbers of the user with the most listens, called in this process."""

import time
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from benchmarks.clock import Wait, waited
from benchmarks.nothing import ADDRESS, NOTHING
from benchmarks.pages import WARM_UPS, reader
from listening.errors import StoreAway


def pages(user: Any, runs: int) -> dict[str, Wait]:
    """Each as it is read again, and those of numbers also as a process reads them for the first time."""
    from listening import outbox
    from listening.rollups import WRITE_TAKES, refresh, refresh_some
    from listening.store import listen_store

    # Else each page would bring some of what was reported to MongoDB.
    while outbox.has_pending(user.pk):
        with suppress(StoreAway):
            listen_store().count(user.pk)
    # Until then each page makes the day of the last listen anew.
    time.sleep(WRITE_TAKES.total_seconds() + 1)
    refresh_some()
    assert refresh(user.pk, user.profile.time_zone)
    read = reader(user.username)
    waits = {}
    for name, path in _addresses(date.today()).items():
        for _ in range(WARM_UPS):
            read(path)
        waits[name] = waited(lambda path=path: read(path), runs)
        if name.startswith("numbers"):
            waits[f"{name}, first"] = waited(lambda path=path: (_forget(), read(path)), runs)
    return waits


def _forget() -> None:
    from history import numbers
    from history.templatetags import charts

    numbers.forget()
    for chart in (charts.clock_of, charts.calendar_of):
        chart.cache_clear()


def _addresses(today: date) -> dict[str, str]:
    last_year = today.year - 1
    return {
        NOTHING: ADDRESS,
        "history": "/history/",
        "history of an artist": "/history/?artist=7",
        "numbers of a week": f"/numbers/?period={today - timedelta(days=7):%G-W%V}",
        "numbers of this month": "/numbers/",
        "numbers of a month": f"/numbers/?period={last_year}-07",
        "numbers of a year": f"/numbers/?period={last_year}",
        "numbers of this year": f"/numbers/?period={today.year}",
        "numbers of all time": "/numbers/?period=all",
        "numbers of odd days": f"/numbers/?from={last_year}-02-03&to={last_year}-11-20",
    }
