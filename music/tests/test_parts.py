import pytest
from django.utils.safestring import SafeString

from music.cards import Card
from music.drawing import drawn_cards
from music.parts import filler, part


def test_each_name_is_filled_in_wherever_it_stands() -> None:
    fill = filler("%(b)s is 100%% of %(a)s and %(b)s")
    assert fill({"a": 1, "b": "two", "c": "unasked"}) == "two is 100% of 1 and two"


@pytest.mark.parametrize("text", ["100%% sure", "nothing"])
def test_without_names_there_is_nothing_to_fill_in(text: str) -> None:
    assert filler(text)({}) == text % ()


@pytest.mark.parametrize("name", ["100%", "%(csrf_token)s", "%%(address)s", "%s"])
def test_no_name_is_taken_for_a_place_to_fill_in(name: str) -> None:
    own = {"csrf_token": "<token>", "address": "/?a&b"}
    drawn = part("tune", own, name=name, kind="genre", key="genre:jazz", factor=1, neutral=1, never=0, around=())
    assert f": {name}</p>" in drawn
    assert drawn.count("&lt;token&gt;") == 1
    assert "/?a&amp;b" in drawn


def test_texts_of_cards_are_never_html() -> None:
    drawn = drawn_cards([Card("/a/", "/a.svg", "<b>Tom & %(text)s</b>", '"1999"'), Card("/b/", "/b.svg", "B")])
    assert isinstance(drawn, SafeString)
    assert "&lt;b&gt;Tom &amp; %(text)s&lt;/b&gt;" in drawn
    assert "&quot;1999&quot;" in drawn
    assert drawn.count("<p ") == 1
