from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from music.models import Album, Artist, Genre, Track
from music.removal import discard
from music.templatetags.music_format import clock


@admin.register(Genre)
class GenreAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "is_suggested"]
    list_filter = ["is_suggested"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Artist)
class ArtistAdmin(admin.ModelAdmin):
    list_display = ["name", "artist_mbid"]
    search_fields = ["name"]
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An artist goes with the last of their tracks."""
        return False


@admin.register(Album)
class AlbumAdmin(admin.ModelAdmin):
    list_display = ["title", "album_artist", "year"]
    list_select_related = ["album_artist"]
    search_fields = ["title", "album_artist__name"]
    autocomplete_fields = ["album_artist"]
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An album goes with the last of its tracks, and its picture with it."""
        return False


@admin.register(Track)
class TrackAdmin(admin.ModelAdmin):
    """Tracks come in by upload, where they are checked; here they are looked after."""

    list_display = ["short_title", "artist", "album", "visibility", "uploader", "format", "length", "added_at"]
    list_filter = ["visibility", "format", "genres", "added_at"]
    list_select_related = ["artist", "album", "uploader"]
    search_fields = ["title", "artist__name", "album__title"]
    autocomplete_fields = ["artist", "album", "uploader"]
    filter_horizontal = ["genres"]
    readonly_fields = [
        "listen_here", "original_filename", "format", "size_bytes", "length", "bitrate_kbps", "sample_rate_hz",
        "channels", "sha256", "added_at",
    ]  # fmt: skip
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("title"), ordering="title")
    def short_title(self, track: Track) -> str:
        return Truncator(track.title).chars(50)

    @admin.display(description=_("length"), ordering="duration_ms")
    def length(self, track: Track) -> str:
        return clock(track.duration_ms)

    @admin.display(description=_("page"))
    def listen_here(self, track: Track) -> str:
        return format_html('<a href="{}">{}</a>', track.get_absolute_url(), track.title)

    def delete_model(self, request: HttpRequest, obj: Track) -> None:
        discard(Track.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        discard(queryset)
