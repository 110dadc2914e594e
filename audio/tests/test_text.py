import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.text import clean_text, parse_float, parse_mbid, parse_number, parse_year, repair_mojibake

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=400)


@given(ANYTHING)
def test_clean_text_is_one_visible_short_line_and_cleaning_it_again_changes_nothing(raw: str) -> None:
    text = clean_text(raw)
    assert len(text) <= 255
    assert text == text.strip()
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in text)
    assert not set(text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b\ufeff")
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  two \t\r\n lines ", "two lines"),
        ("e\u0301", "é"),
        ("safe\u202e3pm.exe", "safe3pm.exe"),
        ("\u200f\u200b\ufeff", ""),
        ("\u3164\u2800", ""),
        ("nul\0l", "null"),
        ("\ud800half", "half"),
        ("👩\u200d👧 می\u200cخواهم", "👩\u200d👧 می\u200cخواهم"),
        ("\u200da\u200d", "a"),
        ("x" * 300, "x" * 255),
        ("z" + "\u0337" * 50, "z" + "\u0337" * 4),
    ],
)
def test_clean_text(raw: str, text: str) -> None:
    assert clean_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("3", 3),
        ("03", 3),
        ("3/12", 3),
        (" 7 ", 7),
        ("0", None),
        ("A1/∞", None),
        ("32768", None),
        ("-1", None),
        ("", None),
    ],
)
def test_parse_number(raw: str, number: int | None) -> None:
    assert parse_number(raw) == number


@pytest.mark.parametrize(
    ("raw", "year"),
    [
        ("2019", 2019),
        ("2019-05-01T10:00", 2019),
        ("20190501", 2019),
        ("1 May 1999", 1999),
        ("circa 19xx", None),
        ("0999", None),
        ("2101", None),
        ("12345", None),
    ],
)
def test_parse_year(raw: str, year: int | None) -> None:
    assert parse_year(raw) == year


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("-7.50 dB", -7.5),
        ("+3,2 dB", 3.2),
        ("9.5e-01", 0.95),
        ("1e999", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
def test_parse_float(raw: str, number: float | None) -> None:
    assert parse_float(raw) == number


def test_parse_mbid_takes_a_uuid_and_nothing_else() -> None:
    assert parse_mbid("B10BBBFC-CF9E-42E0-BE17-E2C3E1D2600D") == "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"
    assert parse_mbid("b10bbbfccf9e42e0be17e2c3e1d2600d") == ""
    assert parse_mbid("' OR 1=1 -- ________________________") == ""


def test_mojibake_is_repaired_and_honest_text_is_left_alone() -> None:
    assert repair_mojibake("cafÃ©") == "café"
    assert [repair_mojibake(text) for text in ("café", "Кино", "plain")] == ["café", "Кино", "plain"]
