"""One question to another server: a short wait, no redirects, an answer of bounded size."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from django.utils import timezone
from urllib3.exceptions import HTTPError

from scrobbling.models import Trouble
from scrobbling.services.door import RetryLater

CONNECT_SECONDS, READ_SECONDS = 3.05, 8
LONGEST_ANSWER = 1_000_000
LONGEST_WAIT_SECONDS = 3600.0
AGENT = "MusicStreamer (self-hosted)"

Authenticate = Callable[[requests.PreparedRequest], requests.PreparedRequest]


@dataclass(frozen=True)
class Answer:
    """`said` is its JSON, {} when it has none."""

    status: int
    headers: Mapping[str, str]
    said: dict[str, Any]

    @property
    def wait_seconds(self) -> float | None:
        """How long we are asked to wait, an hour at most; None when we are not."""
        asked = [_seconds(self.headers.get(name, "")) for name in ("Retry-After", "X-RateLimit-Reset-In")]
        return max((min(each, LONGEST_WAIT_SECONDS) for each in asked if each is not None), default=None)

    @property
    def is_used_up(self) -> bool:
        """The next question before the wait is over would be one too many."""
        return self.headers.get("X-RateLimit-Remaining", "").strip() == "0"


def call(method: str, url: str, **request: Any) -> Answer:
    """`request` as `requests` takes it. Raises RetryLater."""
    try:
        with requests.request(
            method,
            url,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
            **{**request, "headers": {"User-Agent": AGENT, **request.get("headers", {})}},
        ) as response:
            body = response.raw.read(LONGEST_ANSWER, decode_content=True)
            return Answer(response.status_code, response.headers, _json(body))
    except (requests.RequestException, HTTPError, OSError) as error:
        # By its kind alone: the text of some errors has the whole address in it.
        raise RetryLater(Trouble.UNREACHABLE, detail=type(error).__name__) from None


def retry(answer: Answer) -> RetryLater:
    """After an answer that promises nothing."""
    trouble = Trouble.BUSY if answer.status == 429 else Trouble.BROKEN
    return RetryLater(trouble, answer.wait_seconds, f"HTTP {answer.status}")


def one_line(text: Any) -> str:
    """What a service said, short enough to be kept and shown."""
    return " ".join(str(text).replace("\0", " ").split())[:255]


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _seconds(text: str) -> float | None:
    """Of a number of seconds or a date."""
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - timezone.now()).total_seconds())
