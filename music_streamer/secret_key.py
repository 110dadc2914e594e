"""The key that signs sessions: read from SECRET_KEY or a private file, never from the repository."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SHORTEST = 50


def make(path: Path) -> None:
    """Write a new key to `path`, readable by its owner alone, unless one is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))


def checked(key: str) -> str:
    """The key itself. Raises ImproperlyConfigured when it is missing, short or a well-known default."""
    if not key:
        raise ImproperlyConfigured(
            "No secret key. Run `make run` once, which makes one, or set SECRET_KEY to at least 50 random characters."
        )
    if key.startswith("django-insecure-") or len(key) < SHORTEST or len(set(key)) < 5:
        raise ImproperlyConfigured("SECRET_KEY is too short or a default. Set at least 50 random characters.")
    return key
