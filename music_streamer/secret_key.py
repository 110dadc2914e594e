"""The key that signs sessions: from SECRET_KEY or a private file, never from the repository.

`python -m music_streamer.secret_key` makes the file where there is none.
"""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from music_streamer.paths import SECRET_KEY_FILE, env

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


def read() -> str:
    """The key from the environment, else from the file. Raises ImproperlyConfigured when it is missing or weak."""
    return checked(env.str("SECRET_KEY", "") or _from_file())


def checked(key: str) -> str:
    if not key:
        raise ImproperlyConfigured(
            "No secret key. Run `make build`, which makes one, or set SECRET_KEY to at least 50 random characters."
        )
    if key.startswith("django-insecure-") or len(key) < SHORTEST or len(set(key)) < 5:
        raise ImproperlyConfigured("SECRET_KEY is too short or a default. Set at least 50 random characters.")
    return key


def _from_file() -> str:
    return SECRET_KEY_FILE.read_text().strip() if SECRET_KEY_FILE.exists() else ""


if __name__ == "__main__":
    make(SECRET_KEY_FILE)
