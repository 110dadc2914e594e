from typing import Any

import pytest
from django.test import Client

from conftest import MP3, OGG, bring_in
from music.models import Track


@pytest.fixture
def music(as_alice: Client) -> list[Track]:
    """Two public tracks of alice's with files; the first has a picture."""
    return bring_in(as_alice, MP3, OGG, visibility="public")


@pytest.fixture
def track(music: list[Track]) -> Track:
    return music[0]


@pytest.fixture
def other(music: list[Track]) -> Track:
    return music[1]


@pytest.fixture
def as_charlie(charlie: Any, sign_in: Any) -> Client:
    return sign_in(charlie)
