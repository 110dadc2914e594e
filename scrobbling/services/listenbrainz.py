"""ListenBrainz, and what speaks its language: https://listenbrainz.readthedocs.io/en/latest/users/api/core.html"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import requests
from django.conf import settings

from listening.store import Listen
from scrobbling.models import Trouble
from scrobbling.services.calling import Answer, Authenticate, call, one_line, retry
from scrobbling.services.door import Account, NotAuthorized, Outcome, Rejected, RetryLater

LISTEN_BYTES = 10_240
AROUND_BYTES = 100  # what stands around the only listen of a request is weighed with it
OPTIONAL = ("additional_info", "release_name")


class ListenBrainz:
    batch_size = 1000

    def account_of(self, secret: str) -> Account:
        answer = call("GET", _address("validate-token"), auth=_token(secret))
        if answer.status == 401 or (answer.status == 200 and answer.said.get("valid") is False):
            raise NotAuthorized(Trouble.BAD_TOKEN)
        if answer.status != 200 or answer.said.get("valid") is not True:
            raise retry(answer)
        return Account(one_line(answer.said.get("user_name", "")), secret)

    def now_playing(self, secret: str, listen: Listen) -> RetryLater | None:
        document = fitted({"track_metadata": metadata(listen)})
        return _pause(_submitted(secret, "playing_now", [document]))

    def scrobble(self, secret: str, listens: Sequence[Listen]) -> Outcome:
        outcome, documents = Outcome(), []
        for index, listen in enumerate(listens):
            try:
                documents.append(document_of(listen))
            except Rejected as error:
                outcome.refused[index] = str(error)
        if documents:
            outcome.pause = _pause(_submitted(secret, "single" if len(documents) == 1 else "import", documents))
        return outcome


def document_of(listen: Listen) -> dict[str, Any]:
    """One listen as ListenBrainz takes it. Raises Rejected."""
    return fitted({"listened_at": int(listen.started_at.timestamp()), "track_metadata": metadata(listen)})


def metadata(listen: Listen) -> dict[str, Any]:
    """Without what is not known: an empty text is an error there."""
    if not listen.title or not listen.artist_name:
        raise Rejected("It has no title or no artist.")
    info = {
        "media_player": "Music Streamer",
        "submission_client": "Music Streamer",
        "duration_ms": listen.duration_ms,
        "recording_mbid": _uuid(listen.recording_mbid),
        "isrc": listen.isrc,
    }
    said = {
        "artist_name": listen.artist_name,
        "track_name": listen.title,
        "release_name": listen.album_title,
        "additional_info": {name: value for name, value in info.items() if value},
    }
    return {name: value for name, value in said.items() if value}


def fitted(document: dict[str, Any]) -> dict[str, Any]:
    """Not larger than a listen may be: the less important goes first. Raises Rejected."""
    for name in ("", *OPTIONAL):
        document["track_metadata"].pop(name, None)
        if len(_encoded(document)) <= LISTEN_BYTES - AROUND_BYTES:
            return document
    raise Rejected("It is larger than 10,240 bytes.")


def _submitted(secret: str, listen_type: str, documents: list[dict[str, Any]]) -> Answer:
    body = _encoded({"listen_type": listen_type, "payload": documents})
    headers = {"Content-Type": "application/json"}
    answer = call("POST", _address("submit-listens"), auth=_token(secret), data=body, headers=headers)
    if answer.status == 401:
        raise NotAuthorized(Trouble.REVOKED)
    if answer.status in (400, 413):
        raise Rejected(one_line(answer.said.get("error", f"HTTP {answer.status}")))
    if answer.status != 200 or answer.said.get("status") != "ok":
        raise retry(answer)
    return answer


def _pause(answer: Answer) -> RetryLater | None:
    return RetryLater(None, answer.wait_seconds) if answer.is_used_up and answer.wait_seconds else None


def _address(name: str) -> str:
    return f"{settings.LISTENBRAINZ_URL}/1/{name}"


def _token(secret: str) -> Authenticate:
    # Not in `headers`: there a ~/.netrc of the server's account would replace it.
    def authenticate(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Token {secret}"
        return request

    return authenticate


def _encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _uuid(text: str) -> str:
    """Anything else would be an error there."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""
