from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discovery.corrections import LEVELS, NEVER, Kind, key_of, known_to
from discovery.models import Correction, TasteSettings


@dataclass(frozen=True)
class Said:
    """`about` is a track, an artist or a genre."""

    kind: Correction.Kind
    about: Any
    factor: float

    @property
    def key(self) -> str:
        return key_of(self.kind, self.about)


class CorrectionForm(forms.Form):
    kind = forms.ChoiceField(choices=Correction.Kind.choices)
    target = forms.CharField(max_length=80)
    factor = forms.FloatField(min_value=NEVER, max_value=max(LEVELS.values()))


def said_in(posted: QueryDict, user: Any) -> Said:
    """`say` is "artist:12:0.5", so that one button can hold it; "artist:12" beside a `level` comes from a slider.

    Raises BadRequest, and Http404 for what the user may not see.
    """
    return said_of(posted.get("say", ""), user, posted.get("level", ""))


def said_of(say: str, user: Any, level: str = "") -> Said:
    """Raises as said_in does."""
    of, target, factor = [*say.split(":"), "", "", ""][:3]
    form = CorrectionForm({"kind": of, "target": target, "factor": factor or _factor_at(level)})
    if not form.is_valid():
        raise BadRequest("no correction")
    kind = Kind(form.cleaned_data["kind"])
    return Said(kind, _about(user, kind, form.cleaned_data["target"]), form.cleaned_data["factor"])


def _factor_at(level: str) -> float | None:
    return {str(each): factor for each, factor in LEVELS.items()}.get(level)


def _about(user: Any, kind: Kind, target: str) -> Any:
    if kind == Kind.GENRE:
        found = known_to(user, kind).filter(slug=target)
    elif target.isascii() and target.isdecimal():
        found = known_to(user, kind).filter(pk=int(target))
    else:
        raise Http404
    if thing := found.first():
        return thing
    raise Http404


class TasteSettingsForm(forms.ModelForm):
    class Meta:
        model = TasteSettings
        fields = ["adventure_percent", "is_radio_after_queue"]
        labels = {
            "adventure_percent": gettext_lazy("Familiar or adventurous"),
            "is_radio_after_queue": gettext_lazy("Go on with a radio when a list has ended"),
        }


class ForgetForm(forms.Form):
    confirmation = forms.CharField()

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_confirmation(self) -> str:
        typed = str(self.cleaned_data["confirmation"])
        if typed != self.user.get_username():
            raise forms.ValidationError(_("Type your username exactly as it is shown. Nothing was forgotten."))
        return typed
