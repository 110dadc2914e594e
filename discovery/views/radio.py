"""The page of a radio, and what its player asks for when it is about to run out."""

import json
from collections.abc import Iterable
from random import Random
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from discovery.corrections import settings_of
from discovery.impressions import record_suggested
from discovery.radio import FIRST, ME, MORE, Station, next_up, station_for
from discovery.standing import standing_of
from music.rows import for_player
from music.utils import Recommendation

# Three weeks of music without a pause.
MOST_HAD = 10_000
LARGEST_ID = 2**63


@require_safe
def radio(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    standing, rng = standing_of(request.user), Random()  # noqa: S311
    station = station_for(standing, kind, key, (), rng)
    offered = next_up(standing, station, (), FIRST, rng)
    _record(request.user, station, offered)
    return render(request, "discovery/radio.html", {"station": station, "label": _label(station), "offered": offered})


@require_POST
def more(request: HttpRequest, kind: str, key: str) -> JsonResponse:
    """What follows the tracks that it "had", as JSON; nothing when there is no more.

    A list that has ended asks with "after_queue", and gets nothing where the listener wants it to end.
    """
    asked = _asked(request)
    if asked is None:
        message = _('Send JSON such as {"had": [1, 2]}: the numbers of at most %d tracks.') % MOST_HAD
        return JsonResponse({"error": message}, status=400)
    had, is_after_queue = asked
    standing, rng = standing_of(request.user), Random()  # noqa: S311
    station = station_for(standing, kind, key, had, rng)
    is_wanted = not is_after_queue or settings_of(request.user).is_radio_after_queue
    offered = next_up(standing, station, had, MORE, rng) if is_wanted else []
    _record(request.user, station, offered)
    return JsonResponse(
        {
            "tracks": [for_player(each.track) for each in offered],
            "source": station.source,
            "sourceLabel": _label(station),
            "sourceHref": reverse("radio", args=[station.kind, station.key]),
            "href": request.path,
        }
    )


def _record(user: Any, station: Station, offered: Iterable[Recommendation]) -> None:
    """What it begins with was asked for."""
    record_suggested(user, "radio", (each for each in offered if each.track.pk not in station.begins))


def _label(station: Station) -> str:
    return station.name if station.kind == ME else _("Radio: %s") % station.name


def _asked(request: HttpRequest) -> tuple[set[int], bool] | None:
    try:
        body = json.loads(request.body)
        had = body["had"]
        is_right = len(had) <= MOST_HAD and all(type(pk) is int and 0 <= pk < LARGEST_ID for pk in had)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (set(had), body.get("after_queue") is True) if is_right else None
