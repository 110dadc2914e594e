"""What all listeners together did is the sum of what each of them did, whose names it does not tell."""

from datetime import date, timedelta

from listening import rollups
from listening.counting import Sum
from listening.everyone import DayOfAll, days_of_all, genres_of_all
from listening.rollups import Level

DAY = date(2026, 5, 4)


def keep(user_id: int, begin: date, level: str = Level.DAY, **sums: object) -> None:
    rollups._row(user_id, level, begin, Sum(**sums)).save()  # type: ignore[arg-type]


def test_the_days_of_all_are_added_up(db: None) -> None:
    keep(1, DAY, plays=5, listens=3, skipped=2)
    keep(2, DAY, plays=1, listens=0, skipped=1)
    keep(2, DAY + timedelta(days=2), plays=4, listens=4)
    keep(3, DAY - timedelta(days=1), plays=7, listens=7)
    keep(3, DAY, Level.MONTH, plays=7, listens=7)
    assert days_of_all(DAY, DAY + timedelta(days=2)) == [
        DayOfAll(DAY, plays=6, listens=3, skipped=3, people=1),
        DayOfAll(DAY + timedelta(days=2), plays=4, listens=4, skipped=0, people=1),
    ]
    assert days_of_all(DAY + timedelta(days=3), DAY + timedelta(days=9)) == []


def test_the_genres_of_all_are_those_of_their_months(db: None) -> None:
    month = DAY.replace(day=1)
    keep(1, month, Level.MONTH, genres={"jazz": (3, 10), "soul": (1, 5)})
    keep(2, month, Level.MONTH, genres={"soul": (4, 5)})
    keep(2, DAY, genres={"soul": (4, 5)})
    keep(2, date(2026, 4, 1), Level.MONTH, genres={"folk": (9, 9)})
    assert dict(genres_of_all(month)) == {"jazz": (3, 10), "soul": (5, 10)}
