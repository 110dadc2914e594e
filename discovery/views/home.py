from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from discovery.serving import recommend, record_impressions
from discovery.standing import standing_of
from listening.store import StoreAway, listen_store
from music.browsing import newest_tracks, offers_for
from music.links import link
from music.models import Genre
from music.rows import TrackRow, in_this_order
from music.utils import Recommendation

MADE_FOR_YOU = "made-for-you"
SHELF = 20
NEW_HERE = 10
RECENT = 6
GENRE_CHIPS = 24


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "music/welcome.html", {"genres": Genre.objects.filter(is_suggested=True)})
    with listen_store().one_budget():
        recommended, recent = _recommended_for(request.user), _recently_played(request.user)
    context = {
        "greeting": _greeting(),
        "genres": [(link("genre", slug), name) for slug, name in offers_for(request.user).genres[:GENRE_CHIPS]],
        "recommended": recommended,
        "recent": recent,
        "newest": newest_tracks(request.user, NEW_HERE),
    }
    return render(request, "discovery/home.html", context)


def _recommended_for(user: Any) -> list[Recommendation]:
    offered = recommend(standing_of(user), SHELF, shelf=MADE_FOR_YOU)
    record_impressions(user, MADE_FOR_YOU, offered)
    return [each.recommendation for each in offered]


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
