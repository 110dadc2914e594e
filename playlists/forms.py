"""What somebody may say about a playlist, a folder, and what their player says of its queue."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from music.files import discard_files, store_cover
from music.forms import LineField, PictureField
from playlists.models import Folder, Playlist, PlayQueue
from playlists.models.showing import TO_OTHERS

MOST_PLAYLISTS = 500
MOST_FOLDERS = 100

ORIGIN = {"source": 120, "sourceLabel": 300, "sourceHref": 500}
MOST_OTHERS = 50
LARGEST_ID = 2**63 - 1


class PlayQueueForm(forms.ModelForm):
    """What a player says of its queue. Whatever else it says is not listened to."""

    class Meta:
        model = PlayQueue
        fields = ("track_ids", "unshuffled", "position", "position_ms", "repeat", "origin")

    def clean_track_ids(self) -> list[int]:
        ids = self.cleaned_data["track_ids"] or []  # the field takes an empty list for none
        if not isinstance(ids, list) or not all(type(pk) is int and 0 < pk <= LARGEST_ID for pk in ids):
            raise ValidationError(_("The tracks must be a list of numbers."))
        if len(ids) > PlayQueue.MOST_TRACKS:
            raise ValidationError(_("Send at most %d tracks around the one that plays.") % PlayQueue.MOST_TRACKS)
        return ids

    def clean_unshuffled(self) -> list[int]:
        return _places(self.cleaned_data["unshuffled"] or [])

    def clean_origin(self) -> dict[str, Any]:
        said = self.cleaned_data["origin"] or {}
        others = (said.get("others") or []) if isinstance(said, dict) else None
        if not isinstance(others, list) or not all(isinstance(other, dict) for other in others):
            raise ValidationError(_("The origin must be an object."))
        kept = [_origin(other) | {"places": _places(other.get("places", []))} for other in others[:MOST_OTHERS]]
        return _origin(said) | ({"others": kept} if kept else {})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        places = cleaned.get("unshuffled")
        all_places = range(len(cleaned.get("track_ids") or []))
        if places and sorted(places) != [*all_places]:
            raise ValidationError(_("Name the place of each track once."))
        others = (cleaned.get("origin") or {}).get("others", [])
        is_beyond = any(place not in all_places for other in others for place in other["places"])
        if is_beyond or cleaned.get("position", 0) >= max(1, len(all_places)):
            raise ValidationError(_("There is no track at that position."))
        return cleaned


def _places(said: Any) -> list[int]:
    if not isinstance(said, list) or not all(type(place) is int for place in said):
        raise ValidationError(_("The places must be a list of numbers."))
    return said


def _origin(said: dict[str, Any]) -> dict[str, Any]:
    """An address leads nowhere but here."""
    origin = {name: str(said.get(name, ""))[:length] for name, length in ORIGIN.items()}
    href = origin["sourceHref"]
    return origin if href.startswith("/") and not href.startswith(("//", "/\\")) else origin | {"sourceHref": ""}


def begins_to_show(form: forms.ModelForm) -> bool:
    """What others could not see before, of a valid form of something Shown."""
    return form.initial["visibility"] not in TO_OTHERS and form.cleaned_data["visibility"] in TO_OTHERS


class PlaylistForm(forms.ModelForm):
    """What its owner says of it. Whatever else is sent is not listened to."""

    name = LineField(label=gettext_lazy("Name"), max_length=200)
    picture = PictureField(
        label=gettext_lazy("Cover picture"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG, WebP or GIF. Without one it shows the albums that are in it."),
    )
    remove_picture = forms.BooleanField(label=gettext_lazy("Remove the picture"), required=False)

    class Meta:
        model = Playlist
        fields = ("name", "description", "visibility", "folder")
        widgets = {"description": forms.Textarea(attrs={"rows": 3}), "visibility": forms.RadioSelect}

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        folder: Any = self.fields["folder"]
        folder.queryset = Folder.objects.filter(owner_id=self.instance.owner_id)
        folder.empty_label = _("No folder")
        if not folder.queryset:
            del self.fields["folder"]

    def save(self, commit: bool = True) -> Playlist:
        """With its picture; the one before goes, unless something else shows it too."""
        before = self.instance.cover
        if self.cleaned_data["picture"]:
            self.instance.cover = store_cover(self.cleaned_data["picture"])
        elif self.cleaned_data["remove_picture"]:
            self.instance.cover = ""
        if not self.instance.pk:
            return super().save(commit)
        changed = {name: getattr(self.instance, name) for name in self.Meta.fields if name in self.fields}
        if before != self.instance.cover:
            changed["cover"] = self.instance.cover
        if begins_to_show(self):
            changed["shown_since"] = timezone.now()
        Playlist.objects.filter(pk=self.instance.pk).update(**changed)  # what others did meanwhile stays
        if "cover" in changed:
            transaction.on_commit(partial(discard_files, "", before))
        return self.instance

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.instance.pk and Playlist.objects.filter(owner_id=self.instance.owner_id).count() >= MOST_PLAYLISTS:
            raise ValidationError(
                _("You have %(count)d playlists, which is as many as there can be. Delete one first."),
                params={"count": MOST_PLAYLISTS},
            )
        return cleaned


class FolderForm(forms.ModelForm):
    name = LineField(label=gettext_lazy("Name"), max_length=100)

    class Meta:
        model = Folder
        fields = ("name",)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        folders = Folder.objects.filter(owner_id=self.instance.owner_id).exclude(pk=self.instance.pk)
        if folders.filter(name=cleaned.get("name", "")).exists():
            raise ValidationError(_("You have a folder of that name already."))
        if not self.instance.pk and folders.count() >= MOST_FOLDERS:
            raise ValidationError(_("You have %(count)d folders. Remove one first."), params={"count": MOST_FOLDERS})
        return cleaned
