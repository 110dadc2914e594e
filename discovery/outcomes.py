"""What became of what was offered: of an artist, the best that became of any of their tracks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from discovery.models import Impression
from listening.store import TrackSums, patient_store
from music.models import Track
from users.middleware import zone_of

SETTLED = timedelta(days=2)
KEPT = timedelta(days=90)
AT_ONCE = 500
NIGHTLY = 2000
HALF = 0.5

Became = Impression.Became


class Offers(NamedTuple):
    """Of one shelf; `guesses` is the share of explored ones that were completed, as "3 %" or "-"."""

    shelf: str
    shown: int
    completed: str
    heard: str
    skipped: str
    guesses: str


def follow_up(at_most: int = NIGHTLY) -> int:
    """Note what became of what was shown, two days of the listener's clock later; for how many listeners' days.

    Once these are over on every clock there is. Raises StoreAway.
    """
    last = timezone.now().date() - SETTLED - timedelta(days=1)
    open_ones = Impression.objects.filter(became="", shown_on__lte=last).order_by()
    days = open_ones.values_list("user_id", "shown_on", "user__profile__time_zone").distinct()[:at_most]
    for user_id, day, zone in days:
        _follow_up(user_id, day, zone_of(zone))
    return len(days)


def prune() -> int:
    """How many were too old to keep."""
    return Impression.objects.filter(shown_on__lt=timezone.localdate() - KEPT).delete()[0]


def tally() -> list[Offers]:
    """By shelf, those first that were shown most; all of "mix:1", "mix:2" is one shelf."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = (
        Impression.objects.exclude(became="")
        .values("shelf", "became")
        .annotate(shown=Count("pk"), guesses=Count("pk", filter=Q(is_explored=True)))
    )
    for row in rows.order_by():
        of_shelf = counts[row["shelf"].partition(":")[0]]
        of_shelf["shown"] += row["shown"]
        of_shelf["guesses"] += row["guesses"]
        of_shelf[row["became"]] += row["shown"]
        of_shelf["right guesses"] += row["guesses"] if row["became"] == Became.COMPLETED else 0
    by_size = sorted(counts.items(), key=lambda each: -each[1]["shown"])
    return [Offers(shelf, of["shown"], *_shares(of)) for shelf, of in by_size]


def _shares(of: dict[str, int]) -> tuple[str, str, str, str]:
    completed, heard, skipped = (_percent(of[each], of["shown"]) for each in ("completed", "heard", "skipped"))
    return completed, heard, skipped, _percent(of["right guesses"], of["guesses"])


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _follow_up(user_id: int, day: date, zone: tzinfo) -> None:
    since = datetime.combine(day, time.min, zone)
    found = patient_store().tastes(user_id=user_id, since=since, until=since + SETTLED)
    tracks = {each.track_id: _became(each) for each in found}
    artists: dict[int, Became] = {}
    for artist_id, pk in Track.objects.filter(pk__in=list(tracks)).values_list("artist_id", "pk"):
        artists[artist_id] = max(artists.get(artist_id, Became.NOTHING), tracks[pk], key=list(Became).index)
    rows = list(Impression.objects.filter(user_id=user_id, shown_on=day, became=""))
    for row in rows:
        row.became = (artists if row.is_artist else tracks).get(row.track_id, Became.NOTHING)
    Impression.objects.bulk_update(rows, ["became"], AT_ONCE)


def _became(sums: TrackSums) -> Became:
    if sums.completed:
        return Became.COMPLETED
    return Became.SKIPPED if sums.skipped and sums.share < HALF else Became.HEARD
