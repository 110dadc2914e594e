"""Artists, albums and genres: renamed with all that repeats their names, merged and split."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin import album_split
from music.admin.deleting import DeletingAdmin
from music.admin.finding import IndexedAdmin
from music.admin.merge_pages import MergeAdmin, SplitAdmin
from music.cataloguing import genre_slug
from music.merging import merge_albums, merge_genres, split_artist, split_genre
from music.merging_later import merge_now_or_later
from music.models import (
    Album,
    AlbumAlias,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Track,
    TrackCredit,
    album_identity,
    name_key,
)
from music.renaming import save_album, save_artist, save_genre
from music.search import index_names


class AliasInline(admin.TabularInline):
    """Names that lead here since something was merged, split or renamed. They may be forgotten, not invented."""

    extra = 0
    verbose_name_plural = "aliases"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ArtistAliasInline(AliasInline):
    model = ArtistAlias


class AlbumAliasInline(AliasInline):
    model = AlbumAlias


class GenreAliasInline(AliasInline):
    model = GenreAlias


class ArtistForm(forms.ModelForm):
    class Meta:
        model = Artist
        fields = ["name", "sort_name", "artist_mbid"]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Artist.objects.filter(name_key=name_key(name)).exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("There is an artist of this name already. Merge the two in the list."))
        return name


class AlbumForm(forms.ModelForm):
    class Meta:
        model = Album
        fields = ["title", "album_artist", "year", "original_year", "kind", "release_mbid", "release_group_mbid"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        identity = album_identity(data["release_mbid"], data["album_artist"].pk, data["title"], data["year"])
        if Album.objects.filter(identity=identity).exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("There is such an album already. Merge the two in the list."))
        return data


class GenreForm(forms.ModelForm):
    class Meta:
        model = Genre
        fields = ["name", "slug", "is_suggested"]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Genre.objects.filter(slug=genre_slug(name)).exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("There is a genre of this name already. Merge the two in the list."))
        return name


@admin.register(Artist)
class ArtistAdmin(IndexedAdmin, SplitAdmin):
    form = ArtistForm
    list_display = ["name", "sort_name", "artist_mbid"]
    search_fields = ["name"]
    inlines = [ArtistAliasInline]
    merge_into = staticmethod(merge_now_or_later)
    split_into = staticmethod(split_artist)
    separators = (" & ", " feat. ", " ft. ", " and ", " / ", ", ")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An artist goes with the last of their tracks."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come with their tracks."""
        return False

    def save_model(self, request: HttpRequest, obj: Artist, form: Any, change: bool) -> None:
        save_artist(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A name that is forgotten is no longer found."""
        super().save_related(request, form, formsets, change)
        index_names(artists=[form.instance.pk])

    def hangs_on(self, objects: Sequence[Any]) -> dict[int, str]:
        tracks = _counted(TrackCredit.objects.filter(artist__in=objects), "artist")
        albums = _counted(Album.objects.filter(album_artist__in=objects), "album_artist")
        return {each.pk: f"{_tracks(tracks[each.pk])}, {_albums(albums[each.pk])}" for each in objects}


@admin.register(Album)
class AlbumAdmin(IndexedAdmin, MergeAdmin):
    form = AlbumForm
    list_display = ["title", "album_artist", "year", "kind"]
    list_filter = ["kind"]
    list_select_related = ["album_artist"]
    search_fields = ["title"]
    autocomplete_fields = ["album_artist"]
    inlines = [AlbumAliasInline]
    actions = ["merge", "split"]
    merge_into = staticmethod(merge_albums)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An album goes with the last of its tracks, and its picture with it."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come with their tracks."""
        return False

    @admin.action(description=_("Split into several…"), permissions=["change"])
    def split(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        return album_split.split(self, request, chosen)

    def save_model(self, request: HttpRequest, obj: Album, form: Any, change: bool) -> None:
        save_album(obj)

    def hangs_on(self, objects: Sequence[Any]) -> dict[int, str]:
        tracks = _counted(Track.objects.filter(album__in=objects), "album")
        return {each.pk: f"{each.album_artist}, {each.year or '–'}, {_tracks(tracks[each.pk])}" for each in objects}


@admin.register(Genre)
class GenreAdmin(DeletingAdmin, SplitAdmin):
    form = GenreForm
    list_display = ["name", "slug", "is_suggested", "in_list"]
    list_filter = ["is_suggested"]
    search_fields = ["name", "aliases__slug"]
    inlines = [GenreAliasInline]
    merge_into = staticmethod(merge_genres)
    split_into = staticmethod(split_genre)
    separators = ("/", ", ", " & ", " and ")

    @admin.display(description=_("tracks"))
    def in_list(self, genre: Genre) -> str:
        """The filter of that list offers the largest genres only."""
        url = reverse("admin:music_track_changelist", query={"genres__id__exact": genre.pk})
        return format_html('<a href="{}">{}</a>', url, gettext("Show"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Links to the genre's page go on working when it is renamed."""
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["name"]}

    def save_model(self, request: HttpRequest, obj: Genre, form: Any, change: bool) -> None:
        save_genre(obj)

    def hangs_on(self, objects: Sequence[Any]) -> dict[int, str]:
        tracks = _counted(Track.genres.through.objects.filter(genre__in=objects), "genre")
        return {each.pk: _tracks(tracks[each.pk]) for each in objects}


def _counted(rows: QuerySet[Any], link: str) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list(link).annotate(Count("pk"))))


def _tracks(count: int) -> str:
    return ngettext("%d track", "%d tracks", count) % count


def _albums(count: int) -> str:
    return ngettext("%d album", "%d albums", count) % count
