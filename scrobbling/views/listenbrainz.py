"""The part of ListenBrainz' API that players speak: https://listenbrainz.readthedocs.io/en/latest/users/api/core.html"""

from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest

from listening.store import listen_store
from scrobbling import reading
from scrobbling.models import DeviceToken
from scrobbling.receiving import take_listens, take_playing_now
from scrobbling.submissions import MAX_BYTES, read_submission
from scrobbling.views.endpoint import REVOKED, Asking, Problem, endpoint
from users.access import listening_of

DEFAULT_COUNT = 25
MAX_COUNT = 1000


@endpoint("GET", or_in_query=True)
def validate_token(request: HttpRequest, asking: Asking) -> dict[str, Any]:
    if not asking.text:
        raise Problem(400, "Send a token to be looked at.")
    if asking.token is None:
        return {"code": 200, "message": "Token invalid.", "valid": False}
    return {"code": 200, "message": "Token valid.", "valid": True, "user_name": asking.token.user.get_username()}


@endpoint("POST")
def submit_listens(request: HttpRequest, asking: Asking) -> dict[str, Any]:
    """Whatever the Content-Type says, as upstream. Not request.body: Django caps that far below ListenBrainz' limit."""
    token = asking.needed
    submission = read_submission(request.read(MAX_BYTES + 1))
    if submission.kind != "playing_now":
        take_listens(token, submission.items)
        return {"status": "ok"}
    try:
        take_playing_now(token, submission.items[0])
    except DeviceToken.DoesNotExist as error:
        raise Problem(401, REVOKED) from error
    return {"status": "ok"}


@endpoint("GET")
def listens(request: HttpRequest, asking: Asking, user_name: str) -> dict[str, Any]:
    """`min_ts` and `max_ts` are not in."""
    owner = _owner(asking, user_name)
    min_ts, max_ts, count = (_number(request, name) for name in ("min_ts", "max_ts", "count"))
    if min_ts is not None and max_ts is not None and min_ts >= max_ts:
        raise Problem(400, "min_ts must be less than max_ts.")
    count = min(DEFAULT_COUNT if count is None else count, MAX_COUNT)
    if count < 0:
        raise Problem(400, "count must not be negative.")
    after, before = _moment("min_ts", min_ts, 1), _moment("max_ts", max_ts)
    with listen_store().one_budget():
        found = reading.listens_of(asking.reader, owner, count, after, before)
        oldest, latest = reading.ends_of(asking.reader, owner)
    return {
        "payload": {
            "user_id": owner.get_username(),
            "count": len(found),
            "listens": found,
            "latest_listen_ts": latest,
            "oldest_listen_ts": oldest,
        }
    }


@endpoint("GET")
def listen_count(request: HttpRequest, asking: Asking, user_name: str) -> dict[str, Any]:
    return {"payload": {"count": reading.count_of(asking.reader, _owner(asking, user_name))}}


@endpoint("GET")
def playing_now(request: HttpRequest, asking: Asking, user_name: str) -> dict[str, Any]:
    owner = _owner(asking, user_name)
    playing = reading.playing_now(asking.reader, owner)
    found = [playing] if playing else []
    return {
        "payload": {
            "count": len(found),
            "user_id": owner.get_username(),
            "playing_now": True,
            "listens": found,
        }
    }


def _owner(asking: Asking, user_name: str) -> Any:
    """Somebody who does not show what they listen to is not there, as far as anybody else can tell."""
    try:
        return listening_of(asking.reader, user_name)
    except Http404 as error:
        raise Problem(404, f"There is no user {user_name} whose listening you may see.") from error


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    try:
        return int(text) if text else None
    except ValueError as error:
        raise Problem(400, f"{name} must be a whole number.") from error


def _moment(name: str, seconds: int | None, more: int = 0) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds + more, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Problem(400, f"{name} is no time.") from error
