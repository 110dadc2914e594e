"""A device of somebody's, as tests speak for it."""

import json
import time
from typing import Any

from django.test import Client
from django.utils import timezone

from listening.store import Listen, listen_store
from scrobbling.tokens import make_token


class Device:
    def __init__(self, user: Any, name: str = "Phone") -> None:
        self.user = user
        self.token, self.text = make_token(user, name)
        self.client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Token {self.text}"})

    def post(self, document: Any) -> Any:
        raw = document if isinstance(document, bytes) else json.dumps(document)
        return self.client.post("/1/submit-listens", raw, content_type="application/json")

    def submit(self, *listens: dict[str, Any], kind: str = "single") -> Any:
        return self.post({"listen_type": kind, "payload": list(listens)})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/1/{path}", query)

    def read(self, path: str, **query: Any) -> Any:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()["payload"]


def now() -> int:
    return int(time.time())


def metadata(title: str = "Blue Hour", artist: str = "The Quartet", **info: Any) -> dict[str, Any]:
    said = {"track_name": title, "artist_name": artist}
    return {**said, "additional_info": info} if info else said


def listen(
    title: str = "Blue Hour", artist: str = "The Quartet", *, at: int | None = None, **info: Any
) -> dict[str, Any]:
    """Begun an hour ago, if nothing else is said."""
    listened_at = int(timezone.now().timestamp()) - 3600 if at is None else at
    return {"listened_at": listened_at, "track_metadata": metadata(title, artist, **info)}


def playing(title: str = "Blue Hour", artist: str = "The Quartet", **info: Any) -> dict[str, Any]:
    return {"track_metadata": metadata(title, artist, **info)}


def history(user: Any) -> list[Listen]:
    return listen_store().history(user.pk, 2000)
