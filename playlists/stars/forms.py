"""What pages and scripts say about stars: `track`, `album` and `artist`, each as often as they like."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from playlists.models import Rating
from playlists.models.stars import KINDS

MOST_AT_ONCE = 500
LONGEST_ID = 18


class _ThingsForm(forms.Form):
    def __init__(self, posted: QueryDict) -> None:
        super().__init__(posted)
        self.said = {kind: posted.getlist(kind) for kind in KINDS}

    def clean(self) -> dict[str, Any]:
        every = [each for said in self.said.values() for each in said]
        if not every:
            raise ValidationError(_("Say which tracks, albums or artists: track=12, album=3 or artist=7."))
        if len(every) > MOST_AT_ONCE:
            raise ValidationError(_("Choose at most %d at once.") % MOST_AT_ONCE)
        if not all(is_id(each) for each in every):
            raise ValidationError(_("Tracks, albums and artists are said by their numbers."))
        of = {kind: list(dict.fromkeys(map(int, said))) for kind, said in self.said.items()}
        return {**(super().clean() or {}), "of": of}


class StarForm(_ThingsForm):
    star = forms.ChoiceField(
        choices=[("1", "1"), ("0", "0")],
        error_messages={"required": "star=1 or star=0", "invalid_choice": "star=1 or star=0"},
    )


class RatingForm(_ThingsForm):
    rating = forms.IntegerField(min_value=0, max_value=Rating.BEST)


def is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID
