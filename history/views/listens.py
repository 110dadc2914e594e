"""The player's reports: a listen started, went on, was completed. Small JSON, safe to send twice."""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from listening.leaving_out import is_source_left_out
from listening.private import became_private, is_private
from listening.store import BadEvent, EventBelongsToAnother, Listen, StoreAway, UnknownEvent, listen_store
from music.access import identity_heard
from music.utils import listen_to
from scrobbling import outgoing
from social.now import note_begun, note_ended

logger = logging.getLogger(__name__)

MAX_PLAYED_MS = 2**53
ON_THE_WAY = timedelta(minutes=1)


class Private(Exception):
    """It happened in a private session: nothing of it is recorded."""


def report(view: Callable[..., Listen | None]) -> Callable[..., HttpResponse]:
    """A view that takes a report and answers JSON: 4xx says what is wrong with it, anything else is safe to repeat."""

    @login_not_required
    @require_POST
    @wraps(view)
    def wrapper(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            if not request.user.is_authenticated:
                return _error(_("Sign in to have your listens counted."), 401)
            body = _body(request)
            if not _is_from(request.user, body):
                return _error(_("Somebody else is signed in now."), 403)
            listen = view(request.user, {**body, "client": request.headers.get("User-Agent", "")}, **kwargs)
        except Private:
            return JsonResponse({"private": True})
        except BadEvent as error:
            return _error(str(error), 400)
        except UnknownEvent:
            return _error(_("There is no such listen of yours."), 404)
        except EventBelongsToAnother:
            return _error(_("This event id is taken. Make a new one for every play."), 409)
        except Http404:
            return _error(_("There is no such track for you."), 404)
        except (StoreAway, OperationalError, InterfaceError) as error:
            logger.warning("A report is to be told again: %s", error)
            return _error(_("Your history is out of reach for a moment. Tell it again soon."), 503)
        outgoing.note(request.user.pk, listen)
        return _acknowledged(listen)

    return wrapper


@report
def start(user: Any, body: dict[str, Any]) -> Listen:
    now = timezone.now()
    started_at = _began_at(body, now)
    listen = listen_to(
        identity_heard(user, _number(body, "track_id"), started_at or now),
        user,
        str(body.get("event_id", "")),
        now,
        started_at=started_at,
        source=str(body.get("source", "")),
        client=body["client"],
    )
    if is_private(user.pk, listen.started_at):
        raise Private
    begun = listen_store().start(replace(listen, is_left_out=is_source_left_out(user.pk, listen.source)))
    outgoing.note_begun(begun)
    note_begun(user, begun.track_id, begun.started_at + timedelta(milliseconds=begun.duration_ms))
    return begun


@report
def progress(user: Any, body: dict[str, Any], event_id: UUID) -> Listen | None:
    left = body.get("left") in (True, "1", "true")
    played_ms = _public_played_ms(user, event_id, body)
    return _ended(user, left, listen_store().progress(user.pk, str(event_id), played_ms, timezone.now(), left=left))


@report
def complete(user: Any, body: dict[str, Any], event_id: UUID) -> Listen | None:
    played_ms = _public_played_ms(user, event_id, body)
    return _ended(user, True, listen_store().complete(user.pk, str(event_id), played_ms, timezone.now()))


def _ended(user: Any, is_over: bool, listen: Listen | None) -> Listen | None:
    if is_over and listen:
        note_ended(user, listen.track_id)
    return listen


def _public_played_ms(user: Any, event_id: UUID, body: dict[str, Any]) -> int:
    played_ms = _number(body, "played_ms")
    if became_private(user.pk, str(event_id), played_ms):
        raise Private
    return played_ms


def _body(request: HttpRequest) -> dict[str, Any]:
    """JSON from fetch, or form fields from sendBeacon, which can set no headers."""
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadEvent(_("The body must be JSON.")) from error
    if not isinstance(body, dict):
        raise BadEvent(_("The body must be a JSON object."))
    return body


def _is_from(user: Any, body: dict[str, Any]) -> bool:
    """A page that was opened by one person must not report as the next who signs in beside it."""
    return str(body.get("user_id", user.pk)) == str(user.pk)


def _number(body: dict[str, Any], name: str) -> int:
    try:
        number = int(body.get(name, ""))
    except (TypeError, ValueError, OverflowError) as error:
        raise BadEvent(_("%s must be a whole number.") % name) from error
    if isinstance(body[name], bool) or not 0 <= number <= MAX_PLAYED_MS:
        raise BadEvent(_("%s must be a whole number, 0 or more.") % name)
    return number


def _began_at(body: dict[str, Any], now: datetime) -> datetime | None:
    """A clock that is wrong when it tells was wrong by as much when the listen began."""
    started_at, sent_at = _moment(body, "started_at"), _moment(body, "sent_at")
    if started_at and sent_at and abs(now - sent_at) > ON_THE_WAY:
        with suppress(OverflowError):
            return started_at + (now - sent_at)
    return started_at


def _moment(body: dict[str, Any], name: str) -> datetime | None:
    if not (text := body.get(name)):
        return None
    with suppress(ValueError, OverflowError):
        moment = parse_datetime(str(text))
        if moment and moment.tzinfo:
            return moment.astimezone(UTC)
    raise BadEvent(_("%s must be a date and time such as 2026-01-31T12:00:00Z.") % name)


def _acknowledged(listen: Listen | None) -> JsonResponse:
    """202 when the store is away and the report is kept until it is back."""
    if listen is None:
        return JsonResponse({"kept": True}, status=202)
    return JsonResponse(
        {
            "event_id": listen.event_id,
            "played_ms": listen.played_ms,
            "duration_ms": listen.duration_ms,
            "counted": listen.counted,
            "completed": listen.completed,
            "skipped": listen.skipped,
        }
    )


def _error(message: str, status: int) -> JsonResponse:
    return JsonResponse({"error": message}, status=status)
