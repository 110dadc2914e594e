import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from music.forms import LineField
from playlists.forms import begins_to_show
from playlists.models import SmartPlaylist
from playlists.smart.rules import Refused, as_document, parse

MOST_SMART_PLAYLISTS = 200
MOST_BYTES = 64 << 10


class SmartForm(forms.ModelForm):
    """Name and audience; the rules come beside it. Whatever else is sent is not listened to."""

    name = LineField(label=gettext_lazy("Name"), max_length=200)

    class Meta:
        model = SmartPlaylist
        fields = ("name", "visibility")
        widgets = {"visibility": forms.RadioSelect}

    def save(self, commit: bool = True) -> SmartPlaylist:
        if begins_to_show(self):
            self.instance.shown_since = timezone.now()
        saved: SmartPlaylist = super().save(commit)
        return saved

    def clean(self) -> dict[str, Any]:
        there = SmartPlaylist.objects.filter(owner_id=self.instance.owner_id)
        if not self.instance.pk and there.count() >= MOST_SMART_PLAYLISTS:
            raise ValidationError(
                _("You have %(count)d smart playlists, which is as many as there can be. Delete one first."),
                params={"count": MOST_SMART_PLAYLISTS},
            )
        return super().clean() or {}


class ImportForm(forms.Form):
    """A file as the export makes it: rules with a name."""

    file = forms.FileField(label=gettext_lazy("Rules as JSON"))

    def clean_file(self) -> dict[str, Any]:
        """`name` and the `rules` in their one spelling."""
        file = self.cleaned_data["file"]
        try:
            said = json.loads(file.read(MOST_BYTES + 1)) if file.size <= MOST_BYTES else None
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise ValidationError(_("That is no smart playlist. Choose a JSON file that was exported from one."))
        try:
            rules = as_document(parse(said))
        except Refused as refused:
            raise ValidationError([*refused.errors.values()]) from refused
        name = said.get("name")
        kept = name.replace("\0", " ").encode("utf-8", "replace").decode() if isinstance(name, str) else ""
        return {"name": " ".join(kept.split())[:200] or _("Imported rules"), "rules": rules}
