"""Taking tracks down, the appeals that wait, and the sounds that are refused."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin.taking_down import MOST_AT_ONCE
from music.models import BlockedSound, Takedown, Track
from music.removal import CAN_BE_TAKEN_DOWN
from users.moderation import decide, take_down

Outcome = Takedown.Outcome


class TakeDownForm(forms.ModelForm):
    refuse_sound = forms.BooleanField(
        label=_("Also refuse this sound in future, and take down every other track that has it"), required=False
    )

    class Meta:
        model = Takedown
        fields = ["reason", "words"]
        widgets = {"reason": forms.RadioSelect, "words": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})}
        help_texts = {"words": _("Whoever brought it in reads this.")}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].choices = Takedown.Reason.choices  # type: ignore[attr-defined]  # without an empty one

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("reason") == Takedown.Reason.OTHER and not self.cleaned_data.get("words"):
            self.add_error("words", gettext("Say what it is: they are told nothing else."))


class DecisionForm(forms.ModelForm):
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)

    class Meta:
        model = Takedown
        fields = ["answer"]
        widgets = {"answer": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})}
        help_texts = {"answer": _("Whoever brought it in reads this.")}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if "decision" in self.fields:
            self.fields["decision"].choices = self._choices()  # type: ignore[attr-defined]

    def _choices(self) -> list[tuple[str, Any]]:
        """There is nothing to uphold before somebody appeals."""
        put_back = (Outcome.LIFTED.value, _("Put the track back. A refused sound stays on the list of those."))
        if self.instance.appealed_at is None or self.instance.outcome != Outcome.STANDS:
            return [put_back]
        return [(Outcome.UPHELD.value, _("It stays down")), put_back]


class AppealFilter(admin.SimpleListFilter):
    """Shows the appeals that wait for an answer unless one asks for more."""

    title = _("show")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Appeals to answer")}
        yield from others

    def queryset(self, request: HttpRequest, takedowns: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return takedowns
        return takedowns & Takedown.objects.to_answer()


@admin.register(Takedown)
class TakedownAdmin(admin.ModelAdmin):
    form = DecisionForm
    list_display = ["title", "reason", "uploader", "taken_down_at", "appealed_at", "short_appeal", "so_far"]
    list_filter = [AppealFilter, "outcome", "reason", "taken_down_at"]
    list_select_related = ["uploader"]
    search_fields = ["title", "uploader__username", "words", "appeal"]
    ordering = [F("appealed_at").asc(nulls_last=True), "-pk"]
    show_full_result_count = False
    readonly_fields = [
        "track_link", "uploader", "reason", "words", "taken_down_at", "taken_down_by", "appeal", "appealed_at",
        "so_far", "answered_at", "answered_by",
    ]  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Where nothing is left to decide there is no question."""
        decision = ["decision", "answer"] if self.has_change_permission(request, obj) else ["answer"]
        return [*self.readonly_fields, *decision]

    def get_urls(self) -> list[Any]:
        return [path("new/", self.admin_site.admin_view(self.new), name="music_takedown_new"), *super().get_urls()]

    def new(self, request: HttpRequest) -> HttpResponse:
        """Of the tracks that are named in the address, or posted."""
        if not request.user.has_perm("music.add_takedown"):
            raise PermissionDenied
        tracks = _tracks(request)
        if not tracks:
            self.message_user(request, gettext("There is nothing left to take down."), messages.WARNING)
            return redirect("admin:music_takedown_changelist")
        form = TakeDownForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._ask(request, tracks, form)
        taken = take_down(request.user, [track.pk for track in tracks], **form.cleaned_data)
        words = ngettext("%d track is taken down.", "%d tracks are taken down.", len(taken))
        self.message_user(request, words % len(taken), messages.SUCCESS)
        return redirect(f"{reverse('admin:music_takedown_changelist')}?show=all")

    def _ask(self, request: HttpRequest, tracks: list[Track], form: TakeDownForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Take down"),
            "opts": self.opts,
            "tracks": tracks,
            "form": form,
        }
        return TemplateResponse(request, "admin/music/take_down.html", context, status=422 if form.is_bound else 200)

    @admin.display(description=_("track"))
    def track_link(self, takedown: Takedown) -> str:
        if takedown.track_id is None:
            return gettext("%(title)s (deleted)") % {"title": takedown.title}
        page, form = (
            reverse("track", args=[takedown.track_id]),
            reverse("admin:music_track_change", args=[takedown.track_id]),
        )
        return format_html('<a href="{}">{}</a> · <a href="{}">{}</a>', page, takedown.title, form, gettext("Edit"))

    @admin.display(description=_("appeal"))
    def short_appeal(self, takedown: Takedown) -> str:
        return Truncator(takedown.appeal).chars(80)

    @admin.display(description=_("outcome"), ordering="outcome")
    def so_far(self, takedown: Takedown) -> str:
        return takedown.outcome_so_far

    def save_model(self, request: HttpRequest, obj: Takedown, form: Any, change: bool) -> None:
        if not decide(request.user, obj, form.cleaned_data["decision"], form.cleaned_data["answer"]):
            self.message_user(request, gettext("Somebody else has decided about it meanwhile."), messages.ERROR)

    def log_change(self, *arguments: Any) -> Any:
        """decide() has said it in words."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_over = obj is not None and obj.outcome == Outcome.LIFTED
        return not is_over and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It would open the way in again without a word in the log."""
        return False


def _tracks(request: HttpRequest) -> list[Track]:
    sent = request.POST if request.method == "POST" else request.GET
    pks = [int(pk) for pk in sent.getlist("track") if pk.isdecimal() and len(pk) < 19][:MOST_AT_ONCE]
    tracks = Track.objects.filter(pk__in=pks, state__in=CAN_BE_TAKEN_DOWN)
    return list(tracks.select_related("artist", "uploader").order_by("pk"))


class BlockedSoundForm(forms.ModelForm):
    track = forms.ModelChoiceField(
        Track.objects.all(),
        label=_("Track"),
        required=False,
        widget=AutocompleteSelect(Takedown._meta.get_field("track"), admin.site),
        help_text=_("Its sound is refused from now on. The track itself stays: take it down to have it gone."),
    )
    audio_sha256 = forms.CharField(
        label=_("Hash of the sound"), max_length=64, required=False, help_text=_("Instead of a track: 64 digits.")
    )

    class Meta:
        model = BlockedSound
        fields = ["audio_sha256", "note"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk:  # its sound is not changed
            for name in ("track", "audio_sha256"):
                self.fields.pop(name, None)

    def clean_audio_sha256(self) -> str:
        return str(self.cleaned_data["audio_sha256"]).lower()

    def clean(self) -> None:
        super().clean()
        if self.instance.pk:
            return
        track = self.cleaned_data.get("track")
        if bool(track) == bool(self.cleaned_data.get("audio_sha256")):
            raise ValidationError(gettext("Choose a track, or write the hash of a sound."))
        if track:
            self.cleaned_data["audio_sha256"] = track.audio_sha256
            self.instance.title = track.title


@admin.register(BlockedSound)
class BlockedSoundAdmin(admin.ModelAdmin):
    form = BlockedSoundForm
    list_display = ["__str__", "audio_sha256", "short_note", "added_by", "added_at"]
    list_filter = ["added_at"]
    list_select_related = ["added_by"]
    search_fields = ["title", "audio_sha256", "note"]
    ordering = ["-pk"]
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["title", "audio_sha256", "note", "added_by", "added_at"] if obj else ["track", "audio_sha256", "note"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["title", "audio_sha256", "added_by", "added_at"] if obj else []

    @admin.display(description=_("note"))
    def short_note(self, sound: BlockedSound) -> str:
        return Truncator(sound.note).chars(80)

    def save_model(self, request: HttpRequest, obj: BlockedSound, form: Any, change: bool) -> None:
        if not change:
            obj.added_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
