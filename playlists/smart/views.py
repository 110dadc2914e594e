"""Smart playlists: the list of them, one of them, its rules, and its rules as a file."""

import json
import random
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from music.paging import Page
from music.rows import in_this_order
from music.whole import answer, size_of
from playlists.access import deleted_smart_of, smart_for, smart_of, smart_with_secret
from playlists.keeping import bring_back, delete, renew_link
from playlists.models import SmartPlaylist
from playlists.smart import editor
from playlists.smart.finding import asking_for, counted_ids, is_up_to_date, track_ids
from playlists.smart.forms import ImportForm, SmartForm
from playlists.smart.rules import MOST_TRACKS, Refused, Rules, as_document, parse
from playlists.smart.words import in_words

PAGE_SIZE = 100
MORE = 50
SHOWN_OF_OTHERS = 100
PREVIEWED = 6


@require_safe
def smart_playlists(request: HttpRequest) -> HttpResponse:
    return _listed(request, ImportForm())


@require_POST
def import_smart(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _listed(request, form, status=422)
    found = form.cleaned_data["file"]
    naming = SmartForm({"name": found["name"], "visibility": "private"}, instance=_new(request))
    if not naming.is_valid():
        form.add_error(None, [str(error) for errors in naming.errors.values() for error in errors])
        return _listed(request, form, status=422)
    naming.instance.rules = found["rules"]
    smart = naming.save()
    messages.success(request, _("“%s” is imported.") % smart.name)
    return redirect(smart)


def _listed(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    mine = SmartPlaylist.objects.of(request.user).order_by("name", "pk")
    others = SmartPlaylist.objects.visible_to(request.user).shown_to_others().exclude(owner_id=request.user.pk)
    context = {
        "mine": mine,
        "others": others.select_related("owner__profile").order_by("-pk")[:SHOWN_OF_OTHERS],
        "form": form,
    }
    return render(request, "playlists/smart/list.html", context, status=status)


@require_safe
def smart_playlist(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, smart_for(request.user, pk), reverse("more_of_smart", args=[pk]))


@require_safe
def smart_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """For whoever here was given the link."""
    return _shown(request, smart_with_secret(request.user, secret), reverse("more_of_smart_by_link", args=[secret]))


def _shown(request: HttpRequest, smart: SmartPlaylist, more_url: str) -> HttpResponse:
    rules = parse(smart.rules)
    is_complete = is_up_to_date(rules, request.user)
    asking = asking_for(request.user, str(smart.pk))
    ids = track_ids(rules, asking)
    start = _start(request)
    following = start + PAGE_SIZE
    context = {
        "smart": smart,
        "whole_url": more_url,
        "more_url": f"{more_url}?{urlencode({'after': start})}" if following < len(ids) else "",
        "is_owner": smart.owner_id == request.user.pk,
        "is_by_link": request.path != smart.get_absolute_url(),
        "said": in_words(rules.group, request.user),
        "total": len(ids),
        "tracks": in_this_order(request.user, ids[start:following]),
        "is_complete": is_complete,
        "page": Page([], str(following) if following < len(ids) else ""),
        "is_first_page": start == 0,
    }
    return render(request, "playlists/smart/smart.html", context)


@require_POST
def more_of_smart(request: HttpRequest, pk: int) -> JsonResponse:
    return _more(request, smart_for(request.user, pk))


@require_POST
def more_of_smart_by_link(request: HttpRequest, secret: str) -> JsonResponse:
    return _more(request, smart_with_secret(request.user, secret))


def _more(request: HttpRequest, smart: SmartPlaylist) -> JsonResponse:
    """What the player asks for: some of those that the rules find now and that it has not "had", as {"had": [1, 2]}.

    In their order, after the place that the address names; or `shuffled`.
    """
    rules, had, size = parse(smart.rules), _had(request), size_of(request, MORE)
    is_up_to_date(rules, request.user)
    ids = [pk for pk in track_ids(rules, asking_for(request.user, str(smart.pk)))[_start(request) :] if pk not in had]
    is_shuffled = "shuffled" in request.GET
    following = {"shuffled": ""} if is_shuffled else {"after": _start(request)}
    return answer(
        request,
        in_this_order(request.user, random.sample(ids, min(size, len(ids))) if is_shuffled else ids[:size]),
        source=f"smart:{smart.pk}",
        label=smart.name,
        **(following if len(ids) > size else {}),
    )


def _had(request: HttpRequest) -> set[int]:
    try:
        return set(json.loads(request.body)["had"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return set()


@require_http_methods(["GET", "HEAD", "POST"])
def new_smart(request: HttpRequest) -> HttpResponse:
    return _edited(request, _new(request))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_smart(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, smart_of(request.user, pk))


def _edited(request: HttpRequest, smart: SmartPlaylist) -> HttpResponse:
    if request.method != "POST":
        return _editor(request, smart, SmartForm(instance=smart), editor.new_document() | (smart.rules or {}))
    action = request.POST.get("do", "save")
    document = editor.changed(editor.document_of(request.POST), action)
    form = SmartForm(request.POST, instance=smart)
    if action == "save":
        try:
            rules = parse(document)
        except Refused as refused:
            return _editor(request, smart, form, document, refused.errors, status=422)
        if form.is_valid():
            form.instance.rules = as_document(rules)
            return redirect(form.save())
        return _editor(request, smart, form, document, status=422)
    unsaid = SmartForm(instance=smart, initial={name: request.POST.get(name, "") for name in form.fields})
    return _editor(request, smart, unsaid, document, _flaws(document) if action == "preview" else {}, status=422)


def _editor(
    request: HttpRequest,
    smart: SmartPlaylist,
    form: SmartForm,
    document: dict[str, Any],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    errors = errors or {}
    context = {
        "smart": smart,
        "form": form,
        "root": editor.line_of(document, errors),
        "document": document,
        "errors": errors,
        "descending": str(document["descending"]).lower(),
        "most_tracks": MOST_TRACKS,
        "link": request.build_absolute_uri(reverse("smart_by_link", args=[smart.secret])),
        **editor.choices_for(request.user, smart.rules),
        **_previewed(request, document),
    }
    return render(request, "playlists/smart/edit.html", context, status=status)


@require_POST
def preview_smart(request: HttpRequest) -> HttpResponse:
    """While somebody types: how many tracks the form would find, and the first of them."""
    found = _previewed(request, editor.document_of(request.POST))
    return render(request, "playlists/smart/_preview.html", found, status=200 if found["preview"] is not None else 422)


def _previewed(request: HttpRequest, document: dict[str, Any]) -> dict[str, Any]:
    """`preview` is None while the rules cannot be asked."""
    try:
        rules = parse(document)
    except Refused:
        return {"preview": None}
    is_complete = is_up_to_date(rules, request.user)
    asking = asking_for(request.user)
    ids, found = counted_ids(_few(rules), asking)
    return {
        "preview": in_this_order(request.user, ids),
        "found": found,
        "limit": rules.limit,
        "is_complete": is_complete,
    }


def _few(rules: Rules) -> Rules:
    return Rules(rules.group, rules.order, rules.descending, min(rules.limit, PREVIEWED))


def _flaws(document: dict[str, Any]) -> dict[str, str]:
    try:
        parse(document)
    except Refused as refused:
        return refused.errors
    return {}


@require_POST
def new_smart_link(request: HttpRequest, pk: int) -> HttpResponse:
    renew_link(smart_of(request.user, pk))
    messages.success(request, _("The playlist has a new link. The old one leads nowhere any more."))
    return redirect("edit_smart", pk)


@require_POST
def delete_smart(request: HttpRequest, pk: int) -> HttpResponse:
    smart = smart_of(request.user, pk)
    delete(smart)
    said = _("“%s” is deleted. The tracks stay.") % smart.name
    messages.success(request, said, extra_tags=f"undo-at {reverse('undelete_smart', args=[pk])}")
    return redirect("smart_playlists")


@require_POST
def undelete_smart(request: HttpRequest, pk: int) -> HttpResponse:
    smart = deleted_smart_of(request.user, pk)
    bring_back(smart)
    messages.success(request, _("“%s” is back.") % smart.name)
    return redirect(smart)


@require_safe
def export_smart(request: HttpRequest, pk: int) -> HttpResponse:
    smart = smart_for(request.user, pk)
    name = slugify(smart.name) or f"smart-{smart.pk}"
    shown = {"name": smart.name, **smart.rules}
    disposition = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return JsonResponse(shown, headers=disposition, json_dumps_params={"indent": 2, "ensure_ascii": False})


def _new(request: HttpRequest) -> SmartPlaylist:
    user: Any = request.user
    return SmartPlaylist(owner=user)


def _start(request: HttpRequest) -> int:
    """At which track of at most MOST_TRACKS the page begins."""
    after = request.GET.get("after", "")
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 5 else 0
