"""Last.fm: https://www.last.fm/api/scrobbling"""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from listening.store import Listen
from scrobbling.models import Trouble
from scrobbling.services.calling import Answer, call, one_line, retry
from scrobbling.services.door import Account, NotAuthorized, Outcome, Rejected, RetryLater

NO_ACCESS, INVALID_PARAMETERS, INVALID_RESOURCE, INVALID_SESSION = 4, 6, 7, 9
NOT_ALLOWED_YET, TOO_LATE = 14, 15
INVALID_KEY, INVALID_SIGNATURE, SUSPENDED_KEY = 10, 13, 26
RATE_LIMIT = 29
DAILY_LIMIT = "5"
IGNORED = {
    "1": "Last.fm ignores this artist.",
    "2": "Last.fm ignores this track.",
    "3": "It was heard too long ago for Last.fm.",
    "4": "Last.fm says that it was heard in the future.",
}


class LastFm:
    batch_size = 50

    def account_of(self, secret: str) -> Account:
        session = _called("auth.getSession", token=secret).said.get("session")
        if not isinstance(session, dict) or not session.get("key"):
            raise RetryLater(Trouble.BROKEN, detail="no session in the answer")
        return Account(one_line(session.get("name", "")), str(session["key"]))

    def now_playing(self, secret: str, listen: Listen) -> RetryLater | None:
        _called("track.updateNowPlaying", sk=secret, **_track(listen))
        return None

    def scrobble(self, secret: str, listens: Sequence[Listen]) -> Outcome:
        fields: dict[str, str] = {}
        for index, listen in enumerate(listens):
            track = {**_track(listen), "timestamp": str(int(listen.started_at.timestamp()))}
            fields |= {f"{name}[{index}]": value for name, value in track.items()}
        return _outcome(_called("track.scrobble", sk=secret, **fields), len(listens))


def signature(fields: dict[str, str]) -> str:
    """Of all fields but `format`, by name in the order of ASCII: "artist[10]" comes before "artist[1]"."""
    text = "".join(f"{name}{fields[name]}" for name in sorted(fields)) + settings.LASTFM_API_SECRET
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _called(method: str, **fields: str) -> Answer:
    signed = {"method": method, "api_key": settings.LASTFM_API_KEY, **fields}
    data = {**signed, "api_sig": signature(signed), "format": "json"}
    answer = call("POST", settings.LASTFM_URL, data=data)
    if "error" in answer.said:
        raise _named(answer, exchanges_token="token" in fields)
    if answer.status != 200 or not answer.said:
        raise retry(answer)
    return answer


def _named(answer: Answer, exchanges_token: bool) -> Exception:
    code, message = _number(answer.said["error"]), one_line(answer.said.get("message", ""))
    if code in (NO_ACCESS, INVALID_SESSION, NOT_ALLOWED_YET, TOO_LATE):
        return NotAuthorized(Trouble.NOT_ALLOWED if exchanges_token else Trouble.REVOKED)
    if code in (INVALID_KEY, INVALID_SIGNATURE, SUSPENDED_KEY):
        return RetryLater(Trouble.SITE_KEY, detail=message)
    if code in (INVALID_PARAMETERS, INVALID_RESOURCE):
        return NotAuthorized(Trouble.NOT_ALLOWED) if exchanges_token else Rejected(message)
    trouble = Trouble.BUSY if code == RATE_LIMIT else Trouble.BROKEN
    return RetryLater(trouble, answer.wait_seconds, f"{code}: {message}")


def _number(code: Any) -> int:
    return int(code) if str(code).isdecimal() else 0


def _track(listen: Listen) -> dict[str, str]:
    said = {
        "artist": listen.artist_name,
        "track": listen.title,
        "album": listen.album_title,
        "mbid": listen.recording_mbid,
        "duration": str(listen.duration_ms // 1000),
    }
    return {name: value for name, value in said.items() if value}


def _outcome(answer: Answer, count: int) -> Outcome:
    """Of each in the order in which they were sent: of a single one Last.fm makes no list."""
    scrobbles = answer.said.get("scrobbles")
    told = scrobbles.get("scrobble") if isinstance(scrobbles, dict) else None
    each = told if isinstance(told, list) else [told]
    if len(each) != count or not all(isinstance(one, dict) for one in each):
        raise RetryLater(Trouble.BROKEN, detail="an answer that does not fit what was sent")
    outcome = Outcome()
    for index, one in enumerate(each):
        _settle(outcome, index, one.get("ignoredMessage"))
    if outcome.unsent:
        outcome.pause = RetryLater(Trouble.FULL_DAY, wait_seconds=3600)
    return outcome


def _settle(outcome: Outcome, index: int, ignored: Any) -> None:
    code = str(ignored.get("code", "0")) if isinstance(ignored, dict) else "0"
    if code == DAILY_LIMIT:
        outcome.unsent.add(index)
    elif code != "0":
        outcome.refused[index] = IGNORED.get(code) or one_line(ignored.get("#text") or f"Last.fm ignored it ({code}).")
