"""Into a playlist: tracks, or an album. A page that stands alone, and that the browser shows in a dialog."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from music.access import album_for
from music.browsing import ALBUM_SEQUENCE
from music.models import Track
from playlists.access import playlist_to_edit
from playlists.editing import MOST_AT_ONCE, PlaylistFullError, add_tracks, already_in
from playlists.forms import PlaylistForm
from playlists.models import Playlist
from users.views import TURBO_STREAM, safe_next, takes_stream

MOST_OFFERED = 500
MOST_DIGITS = 18  # of an id: more does not fit into the database's column


class Chosen(NamedTuple):
    """What is to be added: `said` is how the address says it."""

    ids: list[int]
    name: str
    said: dict[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
def add_to_playlist(request: HttpRequest) -> HttpResponse:
    """GET asks into which; POST adds to `playlist`, or to a new one of that `name`."""
    if request.method == "POST" and not {"track", "tracks", "album"} & request.POST.keys():
        messages.warning(request, _("Tick the tracks first."))
        return redirect(_way_back(request))
    chosen = _chosen(request)
    if request.method != "POST":
        return _asked(request, chosen)
    if "track" in request.POST:  # from a list with boxes to tick
        return redirect(f"{reverse('add_to_playlist')}?{urlencode(chosen.said)}")
    playlist_id = request.POST.get("playlist", "")
    if not playlist_id:
        return _into_new(request, chosen)
    if not (playlist_id.isascii() and playlist_id.isdecimal() and len(playlist_id) <= MOST_DIGITS):
        raise Http404
    return _into(request, playlist_to_edit(request.user, int(playlist_id)), chosen)


def _into_new(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    user: Any = request.user
    form = PlaylistForm({"name": request.POST.get("name", ""), "visibility": "private"}, instance=Playlist(owner=user))
    return _into(request, form.save(), chosen) if form.is_valid() else _asked(request, chosen, form=form)


def _into(request: HttpRequest, playlist: Playlist, chosen: Chosen) -> HttpResponse:
    twice = already_in(playlist, chosen.ids)
    what = request.POST.get("twice", "")
    if twice and what not in ("add", "skip"):
        return _asked(request, chosen, into=playlist, twice=len(twice))
    ids = [pk for pk in chosen.ids if what == "add" or pk not in twice]
    try:
        count = len(add_tracks(playlist, ids, request.user))
    except PlaylistFullError as error:
        return _asked(request, chosen, full=str(error))
    return _done(request, _in_words(playlist, count))


def _in_words(playlist: Playlist, count: int) -> str:
    if not count:
        return _("Nothing was added to “%s”.") % playlist.name
    said = ngettext("Added %(count)d track to “%(name)s”.", "Added %(count)d tracks to “%(name)s”.", count)
    return said % {"count": count, "name": playlist.name}


def _done(request: HttpRequest, said: str) -> HttpResponse:
    """In the dialog only the message; else the page one came from."""
    if "Turbo-Frame" in request.headers and takes_stream(request):
        context = {"message": Message(messages.SUCCESS, said)}
        return render(request, "playlists/_added.html", context, content_type=TURBO_STREAM)
    messages.success(request, said)
    return redirect(safe_next(request) if request.POST.get("next") else "playlists")


def _asked(request: HttpRequest, chosen: Chosen, **more: Any) -> HttpResponse:
    user: Any = request.user
    context = {
        "chosen": chosen,
        "count": len(chosen.ids),
        "playlists": Playlist.objects.editable_by(user)
        .select_related("owner__profile")
        .order_by("-changed_at")[:MOST_OFFERED],
        "next": _way_back(request),
        **more,
    }
    return render(request, "playlists/add.html", context, status=422 if request.method == "POST" else 200)


def _way_back(request: HttpRequest) -> str:
    url: str = request.POST.get("next") or request.headers.get("Referer", "")
    return url if get_adapter(request).is_safe_url(url) else reverse("playlists")


def _chosen(request: HttpRequest) -> Chosen:
    """`tracks=1,2`, or `track=1` once for each, or `album=3`. 404 where there is nothing to hear."""
    said = request.POST if request.method == "POST" else request.GET
    if "album" in said:
        return _album(request.user, said["album"])
    asked = [*said.get("tracks", "").split(","), *said.getlist("track")]
    ids = [int(each) for each in asked if each.isascii() and each.isdecimal() and len(each) <= MOST_DIGITS]
    titles = dict(Track.objects.visible_to(request.user).filter(pk__in=ids[:MOST_AT_ONCE]).values_list("pk", "title"))
    ids = [pk for pk in ids[:MOST_AT_ONCE] if pk in titles]
    if not ids:
        raise Http404
    return Chosen(ids, titles[ids[0]] if len(ids) == 1 else "", {"tracks": ",".join(map(str, ids))})


def _album(user: Any, asked: str) -> Chosen:
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= MOST_DIGITS):
        raise Http404
    album = album_for(user, int(asked))
    tracks = Track.objects.visible_to(user).filter(album=album).order_by(*ALBUM_SEQUENCE.keys, "pk")
    return Chosen(list(tracks.values_list("pk", flat=True)[:MOST_AT_ONCE]), album.title, {"album": asked})
