"""The pages between choosing artists, albums or genres in a list and making one of several, or several of one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.forms import NamesField
from music.merging import CannotSplit

MOST_AT_ONCE = 100


class IntoForm(forms.Form):
    """Which of those that are chosen stays."""

    def __init__(self, chosen: QuerySet[Any], *args: Any) -> None:
        super().__init__(*args)
        self.fields["into"] = forms.ModelChoiceField(
            chosen,
            label=_("Which one stays?"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages={"required": _("Choose the one that stays.")},
        )


class PartsForm(forms.Form):
    names = NamesField(label=_("Into"), help_text=_("Two or more names, parted by “;”, the main one first."))
    names.widget.attrs["class"] = "vLargeTextField"


class MergeAdmin(admin.ModelAdmin):
    """A list from which several rows are merged into one of them. `merge_into(sources, into)` does it.

    It answers True when it has left that to the worker.
    """

    actions = ["merge"]
    merge_into: Callable[[Iterable[Any], Any], bool | None]

    def hangs_on(self, objects: Sequence[Any]) -> dict[int, str]:
        """What is moved with each of them, in words, by id."""
        raise NotImplementedError

    @admin.action(description=_("Merge into one…"), permissions=["change"])
    def merge(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        count = chosen.count()
        if not 2 <= count <= MOST_AT_ONCE:
            self.message_user(request, gettext("Choose two or more, up to %d.") % MOST_AT_ONCE, messages.ERROR)
            return None
        form = IntoForm(chosen, request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, "merge", chosen, form)
        into = form.cleaned_data["into"]
        is_later = type(self).merge_into(list(chosen), into)
        moved = {"count": count - 1, "name": into}
        merged = ngettext("%(count)d was merged into “%(name)s”.", "%(count)d were merged into “%(name)s”.", count - 1)
        later = gettext("Thousands of tracks change, so “%(name)s” gets them in the background, in a minute or so.")
        sentence = (later if is_later else merged) % moved
        self.log_change(request, into, sentence)
        self.message_user(request, sentence, messages.INFO if is_later else messages.SUCCESS)
        return None

    def _ask(self, request: HttpRequest, action: str, chosen: QuerySet[Any], form: forms.Form) -> HttpResponse:
        objects = list(chosen)
        moved = self.hangs_on(objects)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Merge into one") if action == "merge" else gettext("Split"),
            "opts": self.model._meta,
            "action": action,
            "form": form,
            "rows": [(each, moved.get(each.pk, "")) for each in objects],
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/music/merge.html", context, status=422 if form.is_bound else 200)


class SplitAdmin(MergeAdmin):
    """And where one row is split into several. `split_into(one, names)` does it, or raises CannotSplit."""

    actions = ["merge", "split"]
    split_into: Callable[[Any, Sequence[str]], Sequence[Model]]
    separators: Sequence[str]

    @admin.action(description=_("Split into several…"), permissions=["change"])
    def split(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        if chosen.count() != 1:
            self.message_user(request, gettext("Choose the one that is to be split."), messages.ERROR)
            return None
        one = chosen.get()
        sent = request.POST if "confirmed" in request.POST else None
        form = PartsForm(sent, initial={"names": self._guess(one.name)})
        if not form.is_valid():
            return self._ask(request, "split", chosen, form)
        try:
            parts = type(self).split_into(one, form.cleaned_data["names"])
        except CannotSplit as error:
            form.add_error("names", str(error))
            return self._ask(request, "split", chosen, form)
        names = ", ".join(f"“{part}”" for part in parts)
        self.message_user(
            request, gettext("“%(name)s” is now %(parts)s.") % {"name": one, "parts": names}, messages.SUCCESS
        )
        return None

    def _guess(self, name: str) -> str:
        for separator in self.separators:
            name = name.replace(separator, "; ")
        return name
