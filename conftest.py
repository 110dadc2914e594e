"""The cast of every test: alice uploads, bob listens too, charlie must see nothing of theirs that is private."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from discovery import tastes
from history import numbers
from listening import sql
from music.browsing import kept_offers, many_seen
from music.models import Track
from scrobbling.limits import limiter
from social import announcements
from uploads.checking import check_now
from uploads.models import Upload
from uploads.review import publish

DEMO = Path(__file__).parent / "demo"
MP3 = DEMO / "the-late-shift-quartet_-_corner-booth-at-two.mp3"
OGG = DEMO / "the-late-shift-quartet_-_umbrella-weather.ogg"
WAV = DEMO / "ilse-marrow_-_nocturne-in-grey.wav"
PASSWORD = "correct-horse-battery"

# How fast a machine makes up examples says nothing of what is tested.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")


@pytest.fixture(autouse=True)
def own_data(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Nothing a test uploads outlives it, and no test is slowed by another's rate limits or sees its offers."""
    if "settings" in request.fixturenames or "django_db_setup" in request.fixturenames:
        settings = request.getfixturevalue("settings")
        settings.MEDIA_ROOT = tmp_path / "media"
        settings.DATA_DIR = tmp_path / "data"
        settings.FILE_UPLOAD_TEMP_DIR = settings.DATA_DIR / "uploads"
        settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True)
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.DATA_DIR / "cache"}}
        limiter.forget()
        tastes.forget()
        sql.forget()
        kept_offers.cache_clear()
        many_seen.clear()
        numbers.forget()
        cache.set(announcements.KEY, [])
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def make_user(username: str, **more: Any) -> Any:
    return get_user_model().objects.create_user(username, f"{username}@example.org", PASSWORD, **more)


@pytest.fixture
def alice(db: None) -> Any:
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> Any:
    return make_user("bob")


@pytest.fixture
def charlie(db: None) -> Any:
    return make_user("charlie")


@pytest.fixture
def staff(db: None) -> Any:
    return make_user("staff", is_staff=True, is_superuser=True)


@pytest.fixture
def sign_in() -> Callable[[Any], Client]:
    def signed_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def as_alice(alice: Any, sign_in: Callable[[Any], Client]) -> Client:
    return sign_in(alice)


@pytest.fixture
def as_bob(bob: Any, sign_in: Callable[[Any], Client]) -> Client:
    return sign_in(bob)


def send(client: Client, *files: Any, **fields: str) -> Any:
    """Post the upload form with paths or opened files."""
    opened = [file.open("rb") if isinstance(file, Path) else file for file in files]
    return client.post("/upload/", {"file": opened, **fields})


def check_uploads() -> None:
    """What the worker does with what has arrived.

    By hand, because a test runs in one transaction that is never committed, and tasks are enqueued on commit: no check
    happens that a test does not ask for.
    """
    for pk in Upload.objects.filter(state=Upload.State.RECEIVED).order_by("created_at").values_list("pk", flat=True):
        check_now(str(pk))


def bring_in(client: Client, *files: Any, **fields: str) -> list[Track]:
    """The whole way of files into the catalogue: sent by the form, checked, published by whom they belong to."""
    send(client, *files, **fields)
    check_uploads()
    drafts = Upload.objects.filter(state=Upload.State.REVIEW).order_by("created_at")
    return [track for upload in drafts for track in publish(upload.user, [upload.pk]).tracks]


def media_files() -> list[Path]:
    """Every file that lies in the media folder or waits in the upload folder."""
    folders = [Path(django_settings.MEDIA_ROOT), Path(django_settings.FILE_UPLOAD_TEMP_DIR)]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]
