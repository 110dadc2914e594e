from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin.deleting import DeletingAdmin
from music.admin.finding import IndexedAdmin
from music.admin.genre_filter import GenreFilter
from music.admin.log import note
from music.admin.portions import in_portions
from music.admin.taking_down import MOST_AT_ONCE, ask_about, takedown_page
from music.changes import TrackChanges
from music.editing import edit_tracks
from music.models import Takedown, Track
from music.removal import CAN_BE_TAKEN_DOWN, discard, discard_unused, restore, trash
from music.renaming import save_track
from music.templatetags.music_format import clock


class TrackForm(forms.ModelForm):
    def clean_uploader(self) -> Any:
        """Nobody has the same audio twice but by their own decision."""
        uploader = self.cleaned_data["uploader"]
        alike = Track.objects.filter(uploader=uploader, audio_sha256=self.instance.audio_sha256, is_copy=False)
        if uploader and not self.instance.is_copy and alike.exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("They have a track with this audio already."))
        return uploader


@admin.register(Track)
class TrackAdmin(DeletingAdmin, IndexedAdmin):
    """Tracks come in by upload, where they are checked; here they are looked after."""

    form = TrackForm
    list_display = [
        "short_title", "artist", "album", "state", "visibility", "uploader", "format", "length", "added",
    ]  # fmt: skip
    sortable_by = ["short_title", "format", "length", "added"]  # the others would sort all tracks
    list_filter = ["state", "visibility", "format", ("genres", GenreFilter), "added_at"]
    list_select_related = ["artist", "album", "uploader"]
    search_fields = ["title"]
    autocomplete_fields = ["artist", "album", "uploader", "genres"]
    actions = ["move_to_trash", "take_out_of_trash", "make_private", "take_down"]
    readonly_fields = [
        "listen_here", "state", "state_since", "takedown", "credits_in_order", "original_filename", "format",
        "size_bytes", "length", "bitrate_kbps", "sample_rate_hz", "channels", "sha256", "audio_sha256",
        "added_at",
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("title"), ordering="sort_title")
    def short_title(self, track: Track) -> str:
        return Truncator(track.title).chars(50)

    @admin.display(description=_("length"), ordering="duration_ms")
    def length(self, track: Track) -> str:
        return clock(track.duration_ms)

    @admin.display(description=_("added"), ordering="pk")
    def added(self, track: Track) -> str:
        """The day alone: with the hour the table is wider than its page."""
        return date_format(localtime(track.added_at), "SHORT_DATE_FORMAT")

    @admin.display(description=_("page"))
    def listen_here(self, track: Track) -> str:
        return format_html('<a href="{}">{}</a>', track.get_absolute_url(), track.title)

    @admin.display(description=_("credited artists"))
    def credits_in_order(self, track: Track) -> str:
        return "; ".join(track.artists.order_by("credits__position").values_list("name", flat=True))

    @admin.action(description=_("Move to the trash"), permissions=["change"])
    def move_to_trash(self, request: HttpRequest, tracks: QuerySet[Any]) -> None:
        count = 0
        for some in in_portions(tracks):
            note(request, some, gettext("Moved to the trash."))
            count += trash(some)
        self.message_user(request, ngettext("%d track is in the trash.", "%d tracks are in the trash.", count) % count)

    @admin.action(description=_("Restore from the trash"), permissions=["change"])
    def take_out_of_trash(self, request: HttpRequest, tracks: QuerySet[Any]) -> None:
        count = 0
        for some in in_portions(tracks):
            note(request, some, gettext("Restored from the trash."))
            count += restore(some)
        self.message_user(request, ngettext("%d track is back.", "%d tracks are back.", count) % count)

    @admin.action(description=_("Make private"), permissions=["change"])
    def make_private(self, request: HttpRequest, tracks: QuerySet[Any]) -> None:
        count = 0
        for some in in_portions(tracks):
            note(request, some, gettext("Made private."))
            count += len(edit_tracks(some, TrackChanges(visibility=Track.Visibility.PRIVATE)))
        self.message_user(request, ngettext("%d track is private now.", "%d tracks are private now.", count) % count)

    @admin.action(description=_("Take down…"), permissions=["change"])
    def take_down(self, request: HttpRequest, tracks: QuerySet[Any]) -> HttpResponse | None:
        return ask_about(request, tracks.order_by().values_list("pk", flat=True)[: MOST_AT_ONCE + 1])

    @admin.display(description=_("takedown"))
    def takedown(self, track: Track) -> str:
        """The way to it: to be made, or to be decided about."""
        if track.state in CAN_BE_TAKEN_DOWN:
            return format_html('<a href="{}">{}</a>', takedown_page(track.pk), gettext("Take down…"))
        takedown = track.takedowns.exclude(outcome=Takedown.Outcome.LIFTED).first()
        if takedown is None:
            return ""
        url = reverse("admin:music_takedown_change", args=[takedown.pk])
        return format_html('<a href="{}">{}</a>', url, takedown.outcome_so_far)

    def save_model(self, request: HttpRequest, obj: Track, form: Any, change: bool) -> None:
        save_track(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = set(form.instance.genres.values_list("pk", flat=True))
        super().save_related(request, form, formsets, change)
        discard_unused([], [], before)

    def delete_model(self, request: HttpRequest, obj: Track) -> None:
        discard(Track.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        discard(queryset)
