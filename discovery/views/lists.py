"""What was picked, as pages: a daily mix, a week's discoveries, what goes with a track that was finished."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from discovery import weekly
from discovery.alike import Wish, close_to
from discovery.impressions import record_shown
from discovery.models import WeeklyMix
from discovery.offering import facts_of
from discovery.shelf import Item, Shelf
from discovery.shelves import because as because_of
from discovery.shelves import day_seed_of, picks_of
from discovery.standing import Standing, standing_of
from music.access import track_for
from music.models import generated_cover_url
from music.rows import in_this_order
from music.utils import Recommendation

COVERS = 4


@require_safe
def mix(request: HttpRequest, number: int) -> HttpResponse:
    standing = standing_of(request.user)
    mixes = picks_of(standing).mixes
    if not 0 < number <= len(mixes):
        raise Http404
    shelf, others = mixes[number - 1], [each for each in mixes if each != mixes[number - 1]]
    offered = shown(standing, shelf)
    record_shown(request.user, {shelf.source: seen(shelf, offered)})
    return _page(request, standing, shelf, offered, kind=_("Daily mix %d") % number, others=others)


@require_safe
def because(request: HttpRequest, pk: int) -> HttpResponse:
    track = track_for(request.user, pk)
    standing = standing_of(request.user)
    like = close_to(standing, Wish((pk,)), day_seed_of(request.user), without={pk})
    shelf = because_of(standing, track, like)
    offered = shown(standing, shelf)
    record_shown(request.user, {shelf.source: seen(shelf, offered)})
    return _page(request, standing, shelf, offered, kind=_("Picked for you"), picture=track.large_cover_url)


@require_safe
def this_week(request: HttpRequest) -> HttpResponse:
    """Where this week's discoveries are, or why there are none yet."""
    made = weekly.this_week(standing_of(request.user))
    if made is None:
        return render(request, "discovery/no_weekly.html", {"weeks": weekly.weeks_of(request.user)})
    return redirect("weekly", made.monday.isoformat())


@require_safe
def week(request: HttpRequest, monday: str) -> HttpResponse:
    made = get_object_or_404(WeeklyMix, user_id=request.user.pk, monday=_day(monday))
    standing = standing_of(request.user)
    shelf, others = weekly.shelf_of(made), [day for day in weekly.weeks_of(request.user) if day != made.monday]
    offered = shown(standing, shelf)
    record_shown(request.user, {shelf.source: seen(shelf, offered)})
    return _page(request, standing, shelf, offered, kind=_("Every Monday"), weeks=others)


def seen(shelf: Shelf, offered: list[Recommendation]) -> list[Item]:
    """What is to be remembered: not when it is made, which may be before anybody sees it, but when it is seen, or
    fetched as it is pointed at."""
    there = {each.track.pk for each in offered}
    return [item for item in shelf.items if item.track_id in there]


def _page(
    request: HttpRequest, standing: Standing, shelf: Shelf, offered: list[Recommendation], **context: Any
) -> HttpResponse:
    art = {"picture": art_of(standing.user, shelf), "covers": covers_of(offered)}
    return render(request, "discovery/list.html", {**art, **context, "shelf": shelf, "offered": offered})


def art_of(user: Any, shelf: Shelf) -> str:
    """A picture of its own for each mix and each week; none is like that of somebody else."""
    return generated_cover_url("mix", f"{shelf.source.replace(':', '-')}-{user.pk}")


def shown(standing: Standing, shelf: Shelf) -> list[Recommendation]:
    """As far as it may still be offered: what they hid since is not."""
    allowed = facts_of(standing.user, standing.hidden, shelf.ids)
    rows = in_this_order(standing.user, [pk for pk in shelf.ids if pk in allowed])
    return shelf.offered({row.pk: row for row in rows})


def covers_of(offered: list[Recommendation]) -> list[str]:
    """Four different pictures, or none."""
    covers = list(dict.fromkeys(each.track.cover_url for each in offered))
    return covers[:COVERS] if len(covers) >= COVERS else []


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
