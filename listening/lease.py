"""One at a time, over all processes: a row in the database that runs out when its holder dies."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from listening.models import Lease

LEASE_SECONDS = 30


class Held:
    """A lease of ours, for as long as is_valid says so."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.holder = uuid4().hex
        self._valid_until = 0.0

    @property
    def is_valid(self) -> bool:
        return time.monotonic() < self._valid_until

    def take(self) -> bool:
        began = time.monotonic()
        Lease.objects.filter(name=self.name, expires_at__lt=timezone.now()).delete()
        _, taken = Lease.objects.get_or_create(
            name=self.name, defaults={"holder": self.holder, "expires_at": _expiry()}
        )
        self._valid_until = began + LEASE_SECONDS / 2 if taken else 0.0
        return taken

    def renew(self) -> bool:
        began = time.monotonic()
        mine = Lease.objects.filter(name=self.name, holder=self.holder)
        renewed = mine.update(expires_at=_expiry()) == 1
        self._valid_until = began + LEASE_SECONDS / 2 if renewed else 0.0
        return renewed

    def give_back(self) -> None:
        Lease.objects.filter(name=self.name, holder=self.holder).delete()


@contextmanager
def lease(name: str) -> Iterator[Held | None]:
    """The lease, or None when somebody else holds it."""
    held = Held(name)
    if not held.take():
        yield None
        return
    try:
        yield held
    finally:
        held.give_back()


def _expiry() -> datetime:
    return timezone.now() + timedelta(seconds=LEASE_SECONDS)
