"""The page on which some tracks of an album are chosen to be an album of their own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audio.text import YEARS
from music.forms import LineField, number_field
from music.merging import CannotSplit, split_album
from music.models import Album, Track

# Django takes a thousand fields of a form; of a longer album the rest is on the page when these are gone.
MOST_AT_ONCE = 900


class PartForm(forms.Form):
    title = LineField(label=_("Title"))
    album_artist = LineField(label=_("Album artist"))
    year = number_field(label=_("Year"), min_value=YEARS[0], max_value=YEARS[-1])

    def __init__(self, album: Album, data: Any = None) -> None:
        same = {"title": album.title, "album_artist": album.album_artist.name, "year": album.year}
        super().__init__(data, initial=same)
        self.fields["tracks"] = forms.ModelMultipleChoiceField(
            Track.objects.filter(album=album),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose some of the tracks, and leave some.")},
        )


def split(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
    if chosen.count() != 1:
        model_admin.message_user(request, gettext("Choose the one that is to be split."), messages.ERROR)
        return None
    album = chosen.select_related("album_artist").get()
    form = PartForm(album, request.POST if "confirmed" in request.POST else None)
    if not form.is_valid():
        return _ask(model_admin, request, album, form)
    tracks = [track.pk for track in form.cleaned_data.pop("tracks")]
    data = form.cleaned_data
    try:
        part = split_album(album, tracks, data["title"], data["album_artist"], data["year"])
    except CannotSplit as error:
        form.add_error(None, str(error))
        return _ask(model_admin, request, album, form)
    one, many = (
        "%(count)d track of “%(old)s” is on “%(new)s” now.",
        "%(count)d tracks of “%(old)s” are on “%(new)s” now.",
    )
    sentence = ngettext(one, many, len(tracks)) % {"count": len(tracks), "old": album, "new": part}
    model_admin.log_change(request, album, sentence)
    model_admin.message_user(request, sentence, messages.SUCCESS)
    return None


def _ask(model_admin: admin.ModelAdmin, request: HttpRequest, album: Album, form: PartForm) -> HttpResponse:
    in_order = (F("disc_number").asc(nulls_first=True), F("track_number").asc(nulls_last=True), "pk")
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Split"),
        "opts": model_admin.model._meta,
        "album": album,
        "form": form,
        "tracks": album.tracks.select_related("artist", "uploader").order_by(*in_order)[:MOST_AT_ONCE],
        "ticked": set(request.POST.getlist("tracks")),
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/music/split_album.html", context, status=422 if form.is_bound else 200)
