import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.facts import Tags
from audio.lyrics import MAX_BYTES, clean_lyrics, decode_lyrics, lrc_from, parse_lrc


def test_lines_stay_lines_and_each_is_cleaned() -> None:
    assert clean_lyrics("\r\nOne\u202e  line \r\n\r\nTwo\0\rThree\n\n") == "One line\n\nTwo\nThree"


def test_sixty_four_kibibytes_are_enough() -> None:
    cleaned = clean_lyrics("äöü äöü äöü\n" * 100_000)
    assert len(cleaned.encode()) <= MAX_BYTES
    assert set(cleaned.splitlines()) == {"äöü äöü äöü"}


@given(st.text(max_size=500))
def test_cleaning_again_changes_nothing(raw: str) -> None:
    assert clean_lyrics(clean_lyrics(raw)) == clean_lyrics(raw)


def test_lrc_is_read_in_the_order_it_is_sung() -> None:
    lines = ["[ar:Somebody]", "[00:12.00]Line one", "[01:05.5][00:03.25]Refrain", "not timed"]
    assert parse_lrc("\n".join([*lines, "[00:20]<00:20.00>Word <00:21.00>by word"])) == [
        (3_250, "Refrain"),
        (12_000, "Line one"),
        (20_000, "Word by word"),
        (65_500, "Refrain"),
    ]


def test_an_offset_brings_the_words_forward_and_never_before_the_start() -> None:
    assert parse_lrc("[offset:+500]\n[00:02.000]b\n[00:00.10]a") == [(0, "a"), (1_500, "b")]


def test_milliseconds_and_hours_are_read() -> None:
    assert parse_lrc("[120:00.123]late") == [(7_200_123, "late")]


@pytest.mark.parametrize("text", ["", "plain\nwords", "[chorus]", "[00:61.00]no", "[ar:x]", "(00:10.00)"])
def test_what_has_no_time_is_not_timed(text: str) -> None:
    assert parse_lrc(text) == []
    assert not Tags("Title", lyrics=text).is_synced


def test_one_time_is_enough_to_be_synced() -> None:
    assert Tags("Title", lyrics="[ar:x]\n[00:10.00]words").is_synced


@given(st.text(st.sampled_from("[]:.<>0123456789 offset+-a\n"), max_size=200))
def test_whatever_stands_there_the_times_rise_from_zero(text: str) -> None:
    times = [ms for ms, _words in parse_lrc(text)]
    assert times == sorted(times)
    assert all(ms >= 0 for ms in times)


def test_timed_pieces_become_lines() -> None:
    assert lrc_from([("One", 0), ("Two", 61_234)]) == "[00:00.000]One\n[01:01.234]Two"


def test_syllables_become_the_line_they_belong_to() -> None:
    pieces = [("\nWalk", 1_000), ("ing", 1_200), (" home", 1_500), ("\nAgain", 3_000)]
    assert lrc_from(pieces) == "[00:01.000]Walking home\n[00:03.000]Again"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_file_beside_the_track_is_read_in_the_encodings_people_use(encoding: str) -> None:
    assert decode_lyrics("[00:01.00]Übermut\r\n[00:02.00]café".encode(encoding)) == "[00:01.00]Übermut\n[00:02.00]café"


@given(st.binary(max_size=300))
def test_any_bytes_are_some_text(raw: bytes) -> None:
    assert len(decode_lyrics(raw).encode()) <= MAX_BYTES
