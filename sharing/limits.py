"""How often an address may guess, counted as sign-in counts its failures."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core.exceptions import RateLimited

# The public one lets every GET through.
from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest

from sharing.access import share_with
from sharing.models import Share

RATES = {
    "secret": "20/m/ip",
    "review": "20/m/ip",
    "password": "10/m/ip,5/300s/key",
    "picture": "30/m/ip",
    "play": "120/h/ip",  # more than anybody hears, fewer than a script would like
}


def share_sought(request: HttpRequest, secret: str) -> Share:
    """The live one of that secret, or 404. Raises RateLimited, also for the right one, after too many wrong ones."""
    with guesses_counted(request, "secret"):
        return share_with(secret)


@contextmanager
def guesses_counted(request: HttpRequest, action: str) -> Iterator[None]:
    """Around the search for what has a secret: 404 is a wrong guess. Raises RateLimited after too many of them."""
    _count(request, action, dry_run=True)
    try:
        yield
    except Http404:
        _count(request, action)
        raise


def count_picture(request: HttpRequest) -> None:
    """Of those that are drawn for whoever asks. Raises RateLimited."""
    _count(request, "picture")


def count_password(request: HttpRequest, share: Share) -> None:
    """Before it is looked at, so that many at once are no more than one by one. Raises RateLimited."""
    _count(request, "password", key=str(share.pk))


def forget_passwords(request: HttpRequest, share: Share) -> None:
    """The right one was given: friends who open the same link do not use up each other's attempts."""
    ratelimit.clear(request, app="sharing", action="password", config=RATES, key=str(share.pk))


def count_play(request: HttpRequest) -> None:
    """Raises RateLimited."""
    _count(request, "play")


def _count(request: HttpRequest, action: str, *, key: str | None = None, dry_run: bool = False) -> None:
    ratelimit.consume(
        request,
        app="sharing",
        action=action,
        config=RATES,
        key=key,
        dry_run=dry_run,
        limit_get=True,
        raise_exception=True,
    )


__all__ = [
    "RateLimited",
    "count_password",
    "count_picture",
    "count_play",
    "forget_passwords",
    "guesses_counted",
    "share_sought",
]
