"""Changing what is said of tracks: one with all there is to say of it, or many in what they have in common."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from music.access import track_to_edit, tracks_to_edit
from music.editing import TrackChanges, edit_tracks
from music.forms import TrackForm, TracksForm
from music.models import Genre, Track

MOST_AT_ONCE = 1000
MOST_GENRES = 500


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    track = track_to_edit(request.user, pk)
    form = TrackForm(request.POST or None, request.FILES or None, initial=TrackForm.initial_of(track))
    if not form.is_valid():
        context = {"form": form, "track": track, "genre_names": genre_names(request)}
        return render(request, "music/edit.html", context, status=422 if form.is_bound else 200)
    [track] = edit_tracks([track], form.changes())
    messages.success(request, _("Saved."))
    is_visible = Track.objects.visible_to(request.user).filter(pk=pk).exists()
    return redirect(track) if is_visible else redirect("my_uploads")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_many(request: HttpRequest) -> HttpResponse:
    """The tracks come as `track`, in the address of the page and again in its form."""
    tracks = list(tracks_to_edit(request.user, chosen_tracks(request)).order_by("pk"))
    if not tracks:
        raise Http404("None of these tracks is the reader's to change.")
    form = TracksForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        context = {"form": form, "tracks": tracks, "genre_names": genre_names(request)}
        return render(request, "music/edit_many.html", context, status=422 if form.is_bound else 200)
    if (changes := form.changes()) != TrackChanges():
        edit_tracks(tracks, changes)
    messages.success(request, ngettext("%d track saved.", "%d tracks saved.", len(tracks)) % len(tracks))
    return redirect("my_uploads")


def chosen_tracks(request: HttpRequest) -> list[int]:
    """The ids that a page of tracks sends for the boxes that are ticked; what is no id is none."""
    sent = request.POST if request.method == "POST" else request.GET
    return [int(pk) for pk in sent.getlist("track")[:MOST_AT_ONCE] if pk.isascii() and pk.isdigit() and len(pk) < 19]


def genre_names(request: HttpRequest) -> list[str]:
    """What to suggest while a genre is typed."""
    return list(Genre.objects.known_to(request.user).values_list("name", flat=True)[:MOST_GENRES])
