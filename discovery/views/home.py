from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from discovery.impressions import record_shown
from discovery.offering import facts_of
from discovery.shelf import Shelf
from discovery.shelves import picks_of
from discovery.standing import Standing, standing_of
from discovery.views.lists import art_of, covers_of, seen
from discovery.weekly import shelf_of, this_week
from listening.store import StoreAway, listen_store
from music.browsing import newest_tracks, offers_for
from music.links import link
from music.models import Genre
from music.rows import TrackRow, in_this_order
from music.utils import Recommendation

NEW_HERE = 10
RECENT = 6
GENRE_CHIPS = 24
# More than all shelves show, so that ten are left whatever they show.
MOST_SHOWN = 120
# Of a mix the first ones are looked at for its picture.
LOOKED_AT = 8


class Shown(NamedTuple):
    """A shelf with its tracks as they are now."""

    shelf: Shelf
    offered: list[Recommendation]


class MixCard(NamedTuple):
    shelf: Shelf
    kind: str
    picture: str
    covers: list[str]


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "music/welcome.html", {"genres": Genre.objects.filter(is_suggested=True)})
    with listen_store().one_budget():
        standing = standing_of(request.user)
        context = {**_picked(standing), "recent": _recently_played(request.user)}
    context |= {
        "greeting": _greeting(),
        "genres": _genres(standing),
        "newest": _newest(standing, context),
    }
    return render(request, "discovery/home.html", context)


def _picked(standing: Standing) -> dict[str, Any]:
    """The tracks of all shelves are read at once."""
    picks, week = picks_of(standing), this_week(standing)
    mixes = [*([shelf_of(week)] if week else []), *picks.mixes]
    listed = [picks.first, *picks.shelves]
    rows = _rows(
        standing, [*(pk for shelf in listed for pk in shelf.ids), *(pk for mix in mixes for pk in mix.ids[:LOOKED_AT])]
    )
    shown = [Shown(shelf, shelf.offered(rows)) for shelf in listed]
    record_shown(standing.user, {each.shelf.source: seen(*each) for each in shown})
    return {
        "recommended": shown[0].offered,
        "mixes": [_card(standing, mix, rows) for mix in mixes],
        "shelves": [each for each in shown[1:] if each.offered],
    }


def _rows(standing: Standing, ids: Iterable[int]) -> dict[int, TrackRow]:
    """What was picked for a week, or before the listens went out of reach, may have been hidden since."""
    wanted = list(dict.fromkeys(ids))
    if any(standing.hidden):
        allowed = facts_of(standing.user, standing.hidden, wanted)
        wanted = [pk for pk in wanted if pk in allowed]
    return {row.pk: row for row in in_this_order(standing.user, wanted)}


def _card(standing: Standing, mix: Shelf, rows: dict[int, TrackRow]) -> MixCard:
    kind = _("Every Monday") if mix.source.startswith("weekly:") else _("Daily mix")
    return MixCard(mix, kind, art_of(standing.user, mix), covers_of(mix.offered(rows)))


def _genres(standing: Standing) -> list[tuple[str, str]]:
    """The addresses and names of some; to leave out what is hidden is asked only of who hides some."""
    genres, hidden = offers_for(standing.user).genres, set[str]()
    if standing.hidden.genres:
        hidden = {*Genre.objects.filter(pk__in=standing.hidden.genres).values_list("slug", flat=True)}
    return [(link("genre", slug), name) for slug, name in genres if slug not in hidden][:GENRE_CHIPS]


def _newest(standing: Standing, context: dict[str, Any]) -> list[TrackRow]:
    """Only where no shelf for what is new is there: a library that does not grow, or of which all was heard."""
    if any(each.shelf.source == "new-for-you" for each in context["shelves"]):
        return []
    shown = {each.track.pk for each in context["recommended"]} | {row.pk for row in context["recent"]}
    shown |= {each.track.pk for shelf in context["shelves"] for each in shelf.offered}
    newest = newest_tracks(standing.user, MOST_SHOWN, standing.hidden)
    return [row for row in newest if row.pk not in shown][:NEW_HERE]


def _recently_played(user: Any) -> list[TrackRow]:
    try:
        return in_this_order(user, listen_store().recent_track_ids(user.pk, RECENT))
    except StoreAway:
        return []


def _greeting() -> str:
    hour = timezone.localtime().hour
    if 5 <= hour < 12:
        return _("Good morning")
    return _("Good afternoon") if 12 <= hour < 18 else _("Good evening")
