"""What people may say about tracks."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audio.facts import Refused
from audio.genres import MAX_GENRES, fold_genres
from audio.lyrics import MAX_BYTES as MAX_LYRICS_BYTES
from audio.lyrics import clean_lyrics
from audio.sandbox import render_picture
from audio.text import LARGEST_SMALL_INTEGER, YEARS, clean_text
from music.changes import TrackChanges
from music.models import Takedown, Track, TrackReport, name_key

MAX_LINE = 10_000
MAX_PICTURE_BYTES = 20 * 1024 * 1024
MOST_ARTISTS = 20


class LineField(forms.CharField):
    """One visible line."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": 255, **more})

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "", MAX_LINE)


class NamesField(LineField):
    """Names parted by ";", each of up to 255 characters; cleans to a tuple, each name once."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=None, **more)

    def to_python(self, value: Any) -> str:
        return "; ".join(filter(name_key, map(str.strip, super().to_python(value).split(";"))))

    def clean(self, value: Any) -> Any:
        line = super().clean(value)
        return self.parted(line.split("; ")) if line else ()

    def parted(self, names: list[str]) -> tuple[str, ...]:
        if any(len(name) > 255 for name in names):
            raise ValidationError(gettext("One of these names is longer than 255 characters."))
        if len(names) > MOST_ARTISTS:
            raise ValidationError(gettext("These are more than %d names.") % MOST_ARTISTS)
        once: dict[str, str] = {}
        for name in names:
            once.setdefault(name_key(name), name)
        return tuple(once.values())


class GenresField(NamesField):
    """Genres parted by ";" in the house's spelling."""

    def parted(self, names: list[str]) -> tuple[str, ...]:
        genres = fold_genres(names)
        if len(names) > MAX_GENRES:
            raise ValidationError(gettext("A track has at most %d genres.") % MAX_GENRES)
        if not genres:
            raise ValidationError(gettext("“%s” says nothing about the music.") % "; ".join(names))
        return genres


class LyricsField(forms.CharField):
    """Lines, with their times or without; browsers send them with other line ends than they were given."""

    widget = forms.Textarea(attrs={"rows": 8})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if len(text.encode()) > MAX_LYRICS_BYTES:
            raise ValidationError(gettext("These lyrics are longer than 64 KB."))
        return clean_lyrics(text)


class PictureField(forms.FileField):
    """A picture; cleans to WebP files by the side asked for in pixels."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > MAX_PICTURE_BYTES:
            raise ValidationError(gettext("This picture is larger than 20 MB. Save it smaller, as JPEG for example."))
        with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
            for chunk in file.chunks():
                copy.write(chunk)
            copy.flush()
            picture = render_picture(Path(copy.name))
        if isinstance(picture, Refused):
            raise ValidationError(gettext(str(picture)))
        return picture


def number_field(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(**{"required": False, "min_value": 1, "max_value": LARGEST_SMALL_INTEGER, **more})


class TracksForm(forms.Form):
    """What many tracks are to have in common from now on; a field that is left empty changes nothing."""

    artists = NamesField(label=_("Artists"), required=False, help_text=_("Several are parted by “;”."))
    album = LineField(label=_("Album"), required=False)
    album_artist = LineField(label=_("Album artist"), required=False)
    year = number_field(label=_("Year"), min_value=YEARS[0], max_value=YEARS[-1])
    disc_number = number_field(label=_("Disc"))
    genres = GenresField(
        label=_("Genres"),
        required=False,
        help_text=_("Several are parted by “;”."),
        widget=forms.TextInput(attrs={"list": "genre-names", "data-controller": "several", "autocomplete": "off"}),
    )
    visibility = forms.ChoiceField(
        label=_("Who may hear them"),
        choices=[("", _("Leave as it is")), *Track.Visibility.choices],
        required=False,
    )
    cover = PictureField(label=_("Cover picture"), required=False, help_text=_("JPEG, PNG, WebP or GIF."))

    def changes(self) -> TrackChanges:
        """Of a form that is valid."""
        return TrackChanges(**{name: value for name, value in self.cleaned_data.items() if value})


class TrackForm(TracksForm):
    """All that can be said of one track. Give it `initial=TrackForm.initial_of(track)`: only what differs is a change.

    A subclass that shows less sets the other fields to None.
    """

    title = LineField(label=_("Title"))
    artists = NamesField(label=_("Artists"), help_text=_("Several are parted by “;”, the main one first."))
    track_number = number_field(label=_("Track number"))
    album_artist = LineField(
        label=_("Album artist"), required=False, help_text=_("Only where it is another than the track’s.")
    )
    visibility = forms.ChoiceField(label=_("Who may hear it"), choices=Track.Visibility.choices, required=False)
    lyrics = LyricsField(
        label=_("Lyrics"),
        required=False,
        strip=False,
        help_text=_("Plain lines, or lines that begin with their time, like [01:23.45]."),
    )
    remove_cover = forms.BooleanField(label=_("Remove the picture"), required=False)

    field_order = [
        "title", "artists", "album", "album_artist", "year", "track_number", "disc_number", "genres", "visibility",
        "cover", "remove_cover", "lyrics",
    ]  # fmt: skip

    @staticmethod
    def initial_of(track: Track) -> dict[str, Any]:
        """Needs no query for tracks of `access.tracks_to_edit`."""
        words = getattr(track, "lyrics", None)
        return {
            "title": track.title,
            "artists": "; ".join(credit.artist.name for credit in track.credits.all()),
            "album": track.album.title if track.album else "",
            "album_artist": track.album.album_artist.name if track.album else "",
            "year": track.year,
            "track_number": track.track_number,
            "disc_number": track.disc_number,
            "genres": "; ".join(genre.name for genre in track.genres.all()),
            "visibility": track.visibility,
            "lyrics": words.text if words else "",
        }

    def changes(self) -> TrackChanges:
        """Of a form that is valid."""
        asked = {name: self.cleaned_data[name] for name in self.changed_data if name != "remove_cover"}
        if self.cleaned_data.get("remove_cover") and "cover" not in asked:
            asked["cover"] = {}
        if not asked.get("visibility"):
            asked.pop("visibility", None)
        return TrackChanges(**asked)


class ReportForm(forms.ModelForm):
    reason = forms.ChoiceField(label=_("What is wrong?"), choices=TrackReport.Reason.choices, widget=forms.RadioSelect)

    class Meta:
        model = TrackReport
        fields = ["reason", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}
        labels = {"note": _("Anything that helps to put it right")}


class AppealForm(forms.ModelForm):
    appeal = forms.CharField(
        label=_("Why should it be put back?"),
        help_text=_("You can write once, up to 1,000 characters. Those who decide read it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    class Meta:
        model = Takedown
        fields = ["appeal"]
