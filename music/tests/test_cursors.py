from datetime import datetime, timedelta

import pytest

from music.cursors import cursor_of, place_of

PLACE = ["Waterloo", None, 1.5, 7]


def test_a_place_comes_back_under_its_name_alone() -> None:
    cursor = cursor_of("title", PLACE)
    assert place_of("title", cursor) == PLACE
    assert place_of("artist", cursor) is None


@pytest.mark.parametrize("cursor", ["", "made up", "WzFd:made-up", "\0", "a:b:c"])
def test_a_cursor_that_was_not_issued_is_no_place(cursor: str) -> None:
    assert place_of("title", cursor) is None
    assert place_of("title", cursor_of("title", PLACE)[:-1]) is None


def test_the_same_place_has_the_same_cursor_a_minute_later(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cursor_of("title", PLACE)
    in_a_minute = (datetime.now() + timedelta(minutes=1)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: in_a_minute)
    assert cursor_of("title", PLACE) == before
