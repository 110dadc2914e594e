"""More, less and never: said from a menu or a slider, and taken back."""

import json

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from discovery.corrections import NEUTRAL, NEVER, Kind, concerned, correct
from discovery.forms import Said, said_in, said_of
from users.views import TURBO_STREAM, safe_next, takes_stream

MOST_ASKED = 1000
LARGEST_ID = 2**63


@require_POST
def correct_taste(request: HttpRequest) -> HttpResponse:
    """Said, with the way back in the message."""
    said = said_in(request.POST, request.user)
    before = correct(request.user, said.kind, said.about.pk, said.factor)
    message = Message(messages.SUCCESS, in_words(said), extra_tags=f"undo-taste {said.key}:{before:g}")
    if wants_only_what_changes(request):
        return only_what_changes(request, message, never=said.key if said.factor == NEVER else "")
    messages.success(request, message.message, extra_tags=message.extra_tags)
    return redirect(safe_next(request))


@require_POST
def tracks_concerned(request: HttpRequest) -> JsonResponse:
    """Which of the tracks of a queue "never" would take out: {"say": "artist:12:0", "track_ids": [1, 2]}."""
    try:
        asked = json.loads(request.body)
        say, ids = str(asked["say"]), asked["track_ids"]
        is_right = len(ids) <= MOST_ASKED and all(type(pk) is int and 0 <= pk < LARGEST_ID for pk in ids)
    except (ValueError, KeyError, TypeError, RecursionError):
        is_right = False
    if not is_right:
        message = _('Send JSON such as {"say": "artist:3:0", "track_ids": [1, 2]}, of at most %d tracks.') % MOST_ASKED
        return JsonResponse({"error": message}, status=400)
    said = said_of(say, request.user)
    return JsonResponse({"track_ids": concerned(request.user, said.kind, said.about.pk, ids)})


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """What was said before is said again."""
    said = said_in(request.POST, request.user)
    correct(request.user, said.kind, said.about.pk, said.factor)
    messages.success(request, _("Undone. %s") % in_words(said))
    return redirect(safe_next(request))


def wants_only_what_changes(request: HttpRequest) -> bool:
    """A page may `stay` as it is where its script can change it."""
    return bool(request.POST.get("stay")) and takes_stream(request)


def only_what_changes(request: HttpRequest, message: Message, never: str = "") -> HttpResponse:
    """The message, and without what is `never` offered again: its key."""
    context = {"message": message, "never": never, "undo_next": safe_next(request)}
    return render(request, "discovery/_corrected.html", context, content_type=TURBO_STREAM)


def in_words(said: Said) -> str:
    name = _("“%s”") % said.about if said.kind == Kind.TRACK else str(said.about)
    if said.factor == NEVER:
        return _("You will not be offered %s again.") % name
    if said.factor == NEUTRAL:
        return _("%s counts as you listen to it.") % name
    if said.factor < NEUTRAL:
        return _("You will be offered less like %s.") % name
    return _("You will be offered more like %s.") % name
