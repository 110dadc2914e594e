from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from music.forms import TrackForm
from music.models import Genre, Track

ACCEPTED = ".mp3,.ogg,.oga,.wav,.lrc,audio/mpeg,audio/ogg,audio/wav,image/jpeg,image/png,image/webp,image/gif"


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """One or more files; `clean` answers a list. What is inside them is judged file by file, later."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(MultipleFileField, self).clean(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    file = MultipleFileField(
        label=_("Audio files"),
        allow_empty_file=True,
        widget=MultipleFileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": _("Choose one or more MP3, OGG or WAV files first.")},
        help_text=_(
            "MP3, OGG or WAV, several at once. With the tracks of one folder its cover.jpg may come, and .lrc files "
            "with lyrics."
        ),
    )
    visibility = forms.ChoiceField(
        label=_("Who may hear them"),
        choices=Track.Visibility.choices,
        initial=Track.Visibility.PUBLIC,
        required=False,
    )
    genre = forms.ModelChoiceField(
        Genre.objects.to_choose_from(),
        to_field_name="slug",
        required=False,
        label=_("Genre for files that name none"),
        empty_label=_("Leave it open"),
    )

    def clean_visibility(self) -> str:
        return self.cleaned_data["visibility"] or Track.Visibility.PUBLIC


class DraftForm(TrackForm):
    """A row of the review: what one looks over for every track."""

    album_artist = disc_number = visibility = cover = lyrics = remove_cover = None  # type: ignore[assignment]

    @staticmethod
    def initial_of(track: Track) -> dict[str, Any]:
        everything = TrackForm.initial_of(track)
        return {name: value for name, value in everything.items() if name in DraftForm.base_fields}
