"""What a service can do for us; its errors are named by what to do next. Runs in the worker only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from listening.store import Listen
from scrobbling.models import Trouble


class RetryLater(Exception):
    """Nothing is wrong with what was sent. `wait_seconds`: as long as the service asked for, None: as we see fit.

    Without `trouble` it went well, and the service only asks for a pause.
    """

    def __init__(self, trouble: Trouble | None, wait_seconds: float | None = None, detail: str = "") -> None:
        super().__init__(detail or trouble)
        self.trouble = trouble
        self.wait_seconds = wait_seconds


class NotAuthorized(Exception):
    """The token is worth nothing any more."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class Rejected(Exception):
    """This will never be accepted, or something in it will not."""


class Account(NamedTuple):
    """Who is connected, and what lets us in from now on."""

    name: str
    secret: str


@dataclass
class Outcome:
    """What became of a batch: by index why it was refused, which are to be sent again, and whether to pause now."""

    refused: dict[int, str] = field(default_factory=dict)
    unsent: set[int] = field(default_factory=set)
    pause: RetryLater | None = None


class Door(Protocol):
    """Every method may raise RetryLater and NotAuthorized."""

    batch_size: int

    def account_of(self, secret: str) -> Account:
        """Whose it is; of a one-time token the key that it is exchanged for."""

    def now_playing(self, secret: str, listen: Listen) -> RetryLater | None:
        """The pause that is asked for. Raises Rejected."""

    def scrobble(self, secret: str, listens: Sequence[Listen]) -> Outcome:
        """Raises Rejected when any of them is the reason that none was accepted."""
