"""The review: one form over a page of drafts. Whatever its button, what was typed is saved first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from music.editing import edit_tracks
from music.forms import TracksForm
from music.models import Genre, Track
from uploads.current import page_after
from uploads.forms import DraftForm
from uploads.models import Upload
from uploads.review import (
    discard_drafts,
    drafts_of,
    forget_what_is_gone,
    keep_both,
    keep_old,
    may_replace,
    publish,
    replace,
)

MOST_GENRES = 500
Refused = dict[UUID, DraftForm]


@dataclass(frozen=True)
class Row:
    """A draft as it lies on the page. `form` holds what was typed where it could not be saved."""

    upload: Upload
    form: DraftForm
    may_replace: bool
    is_chosen: bool


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    forget_what_is_gone(request.user)
    if request.method != "POST":
        return _page(request)
    refused = _save_rows(request)
    together = TracksForm(request.POST, request.FILES, prefix="all")
    trouble = _decide(request, together, refused)
    if number := len(refused):
        words = ngettext(
            "%d track is not saved: what is wrong stands beside it.",
            "%d tracks are not saved: what is wrong stands beside them.",
            number,
        )
        messages.warning(request, words % number)
    if refused or trouble:
        return _page(request, refused, together, trouble, status=422)
    return redirect(request.get_full_path() if drafts_of(request.user).exists() else "upload")


@require_POST
def save_draft(request: HttpRequest, pk: UUID) -> JsonResponse:
    """One row, as soon as it is changed; answers how it reads now, or what is wrong with it."""
    upload = get_object_or_404(_whole(drafts_of(request.user)), pk=pk)
    form = _form(upload, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    _save(upload, form)
    upload = _whole(drafts_of(request.user)).get(pk=pk)
    return JsonResponse({"said": _("Saved"), "values": _form(upload).initial})


def _save_rows(request: HttpRequest) -> Refused:
    """Those that cannot be saved."""
    refused = {}
    for upload in _whole(drafts_of(request.user)).filter(pk__in=_ids(request.POST.getlist("row"))):
        form = _form(upload, request.POST)
        if form.is_valid():
            _save(upload, form)
        else:
            refused[upload.pk] = form
    return refused


def _save(upload: Upload, form: DraftForm) -> None:
    if form.has_changed() and upload.track:
        edit_tracks([upload.track], form.changes())


def _decide(request: HttpRequest, together: TracksForm, refused: Refused) -> str:
    """Do what the button says; answers why it cannot be done, "" when it was."""
    action, _separator, about = request.POST.get("action", "").partition(":")
    ids = (_ids([about]) if about else _chosen(request)) - refused.keys()
    if action in ("publish", "edit", "discard") and not ids:
        return _("Tick the tracks that you mean first.")
    match action:
        case "publish":
            _publish(request, ids)
        case "publish_all":
            _publish(request, _every_one(request) - refused.keys())
        case "edit":
            return _edit(request, ids, together)
        case "discard":
            _discard(request, ids)
        case "keep_old":
            _keep_old(request, ids)
        case "keep_old_all":
            _keep_old(request, _every_one(request))
        case "keep_both":
            _keep_both(request, ids)
        case "replace":
            _replace(request, ids)
    return ""


def _chosen(request: HttpRequest) -> set[UUID]:
    """Those that are ticked, or all, of which a page shows only some."""
    return _every_one(request) if "everything" in request.POST else _ids(request.POST.getlist("chosen"))


def _every_one(request: HttpRequest) -> set[UUID]:
    return set(drafts_of(request.user).values_list("pk", flat=True))


def _publish(request: HttpRequest, ids: Iterable[UUID]) -> None:
    outcome = publish(request.user, ids)
    if number := len(outcome.tracks):
        _say(request, ngettext("%d track is published.", "%d tracks are published.", number), number)
    if number := len(outcome.undecided):
        words = ngettext(
            "%d track looks like one that is here already: decide about it first.",
            "%d tracks look like ones that are here already: decide about them first.",
            number,
        )
        messages.warning(request, words % number)
    if number := outcome.refused:
        words = ngettext(
            "%d track is not accepted here any more: the reason is under Upload.",
            "%d tracks are not accepted here any more: the reasons are under Upload.",
            number,
        )
        messages.warning(request, words % number)


def _edit(request: HttpRequest, ids: Iterable[UUID], together: TracksForm) -> str:
    if not together.is_valid():
        return _("The changes to the selected tracks were not made.")
    tracks = Track.objects.filter(brought_by__in=drafts_of(request.user).filter(pk__in=ids))
    edited = edit_tracks(tracks, together.changes())
    _say(request, ngettext("%d draft is changed.", "%d drafts are changed.", len(edited)), len(edited))
    return ""


def _discard(request: HttpRequest, ids: Iterable[UUID]) -> None:
    number = discard_drafts(request.user, ids)
    _say(request, ngettext("%d draft is discarded.", "%d drafts are discarded.", number), number)


def _keep_old(request: HttpRequest, ids: Iterable[UUID]) -> None:
    if number := keep_old(request.user, ids):
        words = ngettext(
            "The old one is kept, %d copy is dropped.", "The old ones are kept, %d copies are dropped.", number
        )
        _say(request, words, number)


def _keep_both(request: HttpRequest, ids: Iterable[UUID]) -> None:
    if number := keep_both(request.user, ids):
        _say(
            request,
            ngettext("%d track can be published as well.", "%d tracks can be published as well.", number),
            number,
        )


def _replace(request: HttpRequest, ids: Iterable[UUID]) -> None:
    for upload_id in ids:
        if track := replace(request.user, upload_id):
            messages.success(request, _("“%s” has the new file now.") % track.title)


def _say(request: HttpRequest, words: str, number: int) -> None:
    messages.success(request, words % number)


def _page(
    request: HttpRequest,
    refused: Refused | None = None,
    together: TracksForm | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    after = request.GET.get("after", "")
    drafts = drafts_of(request.user)
    page = page_after(_whole(drafts), after, "gt")
    if after and not page.items:
        return redirect("review")
    context = {
        "page": page,
        "is_first_page": not after,
        "rows": _rows(request, page.items, refused or {}),
        "together": together or TracksForm(prefix="all"),
        "trouble": trouble,
        "count": drafts.count(),
        "copies": drafts.filter(twin__isnull=False).count(),
        "genre_names": Genre.objects.known_to(request.user).values_list("name", flat=True)[:MOST_GENRES],
    }
    return render(request, "uploads/review.html", context, status=status)


def _rows(request: HttpRequest, uploads: list[Upload], refused: Refused) -> list[Row]:
    replaceable = may_replace(request.user, [upload.twin for upload in uploads if upload.twin])
    chosen = _ids(request.POST.getlist("chosen"))
    return [
        Row(upload, refused.get(upload.pk) or _form(upload), upload.twin_id in replaceable, upload.pk in chosen)
        for upload in uploads
        if upload.track
    ]


def _form(upload: Upload, data: Any = None) -> DraftForm:
    initial = DraftForm.initial_of(upload.track) if upload.track else {}
    return DraftForm(data, prefix=upload.pk.hex, initial=initial)


def _whole(drafts: QuerySet[Upload]) -> QuerySet[Upload]:
    """With all that a row shows, in a number of queries that does not depend on how many they are."""
    return drafts.select_related(
        "track__artist", "track__album__album_artist", "track__lyrics", "twin__artist", "twin__album"
    ).prefetch_related("track__credits__artist", "track__genres")


def _ids(sent: Iterable[str]) -> set[UUID]:
    """What is no id is none."""
    ids = set()
    for value in sent:
        try:
            ids.add(UUID(value))
        except ValueError:
            continue
    return ids
