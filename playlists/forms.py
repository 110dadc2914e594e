from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from playlists.models import PlayQueue

ORIGIN = {"source": 120, "sourceLabel": 300, "sourceHref": 500}
LARGEST_ID = 2**63 - 1


class PlayQueueForm(forms.ModelForm):
    """What a player says of its queue. Whatever else it says is not listened to."""

    class Meta:
        model = PlayQueue
        fields = ("track_ids", "position", "position_ms", "repeat", "origin")

    def clean_track_ids(self) -> list[int]:
        ids = self.cleaned_data["track_ids"] or []  # the field takes an empty list for none
        if not isinstance(ids, list) or not all(type(pk) is int and 0 < pk <= LARGEST_ID for pk in ids):
            raise ValidationError(_("The tracks must be a list of numbers."))
        if len(ids) > PlayQueue.MOST_TRACKS:
            raise ValidationError(_("Send at most %d tracks around the one that plays.") % PlayQueue.MOST_TRACKS)
        return ids

    def clean_origin(self) -> dict[str, str]:
        """An address leads nowhere but here."""
        said = self.cleaned_data["origin"] or {}
        if not isinstance(said, dict):
            raise ValidationError(_("The origin must be an object."))
        origin = {name: str(said.get(name, ""))[:length] for name, length in ORIGIN.items()}
        href = origin["sourceHref"]
        return origin if href.startswith("/") and not href.startswith(("//", "/\\")) else origin | {"sourceHref": ""}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("position", 0) >= max(1, len(cleaned.get("track_ids") or [])):
            raise ValidationError(_("There is no track at that position."))
        return cleaned
