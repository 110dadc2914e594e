"""The picture of a review: drawn from the same figures, whatever script the names are in."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageChops, ImageDraw

from audio.artwork import render_cover
from history.reviews import lettering
from history.reviews import picture as pictures
from history.reviews.drawing import drawn
from history.reviews.lettering import DISPLAY, ELLIPSIS, TEXT, Style, draw_line, fitted, width_of
from history.reviews.poster import Cover, Line, Poster
from music.files import store_cover
from music.tests.catalogue import add_track
from music.tests.listens import listened

MARCH = datetime(2025, 3, 3, 12, tzinfo=UTC)
STYLE = Style(DISPLAY, 40, 600, "#ffffff")
POSTER = Poster(
    owner="Bob",
    title="2025",
    dates="3 March – 31 December 2025",
    note="since 3 March, when the history begins",
    stats=[("4", "minutes"), ("4", "listens")],
    columns=[("Top artists", [Line(1, "Nora", "")])],
    covers=[Cover("", "album-1")],
    site="music.example",
)


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data), formats=("PNG",)).convert("RGB")


def ink(text: str) -> int:
    """How many pixels the line covers."""
    canvas = Image.new("L", (900, 80))
    draw_line(ImageDraw.Draw(canvas), (10, 55), text, STYLE, 880)
    return sum(canvas.histogram()[128:])


@pytest.fixture
def heard(bob: Any, alice: Any) -> Any:
    track = add_track(alice, "Blue", artist="Nora", album="Spring")
    listened(bob, track, MARCH)
    return track


@pytest.mark.parametrize(("shape", "size"), [("portrait", (1080, 1350)), ("wide", (1200, 630))])
def test_it_is_a_png_of_the_promised_size(as_bob: Client, heard: Any, shape: str, size: tuple[int, int]) -> None:
    response = as_bob.get(f"/review/2025/{shape}.png")
    assert response["Content-Type"] == "image/png"
    assert opened(response.content).size == size
    assert "Content-Disposition" not in response
    kept = as_bob.get(f"/review/2025/{shape}.png?download")
    assert kept["Content-Disposition"] == 'attachment; filename="music-streamer-2025.png"'


def test_the_same_figures_make_the_same_picture_and_others_another() -> None:
    assert drawn(POSTER, "wide") == drawn(POSTER, "wide")
    other = POSTER._replace(columns=[("Top artists", [Line(1, "Otto", "")])])
    assert other.key != POSTER.key
    difference = ImageChops.difference(opened(drawn(POSTER, "wide")), opened(drawn(other, "wide")))
    left, upper, _right, lower = difference.getbbox() or (0, 0, 0, 0)
    assert left > 0 and 480 < upper < lower < 560


def test_two_listeners_have_two_pictures(as_alice: Client, as_bob: Client, alice: Any, bob: Any, heard: Any) -> None:
    listened(alice, heard, MARCH)
    first, second = (client.get("/review/2025/portrait.png") for client in (as_alice, as_bob))
    assert first["ETag"] != second["ETag"]
    assert ImageChops.difference(opened(first.content), opened(second.content)).getbbox() is not None


def test_the_days_are_in_the_picture() -> None:
    without = POSTER._replace(dates="", note="")
    difference = ImageChops.difference(opened(drawn(POSTER, "portrait")), opened(drawn(without, "portrait")))
    _left, upper, _right, lower = difference.getbbox() or (0, 0, 0, 0)
    assert 290 < upper < 330 < lower < 380


def test_an_uploaded_cover_is_in_it_and_a_lost_one_is_generated() -> None:
    file = BytesIO()
    Image.new("RGB", (700, 700), (255, 0, 0)).save(file, "PNG")
    name = store_cover(render_cover(file.getvalue()))
    shown = opened(drawn(POSTER._replace(covers=[Cover(name, "album-1")]), "portrait"))
    red, green, blue = shown.getpixel((300, 600))  # type: ignore[misc]
    assert red > 240 and green < 20 and blue < 20
    lost = drawn(POSTER._replace(covers=[Cover("0" * 32, "album-1")]), "portrait")
    assert lost == drawn(POSTER, "portrait")


def test_a_browser_that_has_it_is_not_sent_it_again(
    as_bob: Client, bob: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = as_bob.get("/review/2025/wide.png")
    assert first["Cache-Control"] == "private, no-cache"
    again = as_bob.get("/review/2025/wide.png", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    listened(bob, heard, MARCH + timedelta(days=1))
    assert as_bob.get("/review/2025/wide.png", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_it_is_drawn_once(as_bob: Client, heard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[str] = []
    monkeypatch.setattr(pictures, "drawn", lambda poster, shape: times.append(shape) or b"picture")
    for _time in range(3):
        assert as_bob.get("/review/2025/wide.png").content == b"picture"
    assert times == ["wide"]


def test_there_is_none_of_nothing(as_bob: Client, heard: Any) -> None:
    assert as_bob.get("/review/2024/wide.png").status_code == 404
    assert as_bob.get("/review/2025/square.png").status_code == 404


@pytest.mark.parametrize("count", [0, 1, 3, 5])
@pytest.mark.parametrize("shape", ["portrait", "wide"])
def test_it_has_room_for_few_and_many(count: int, shape: str) -> None:
    covers = [Cover("", f"album-{number}") for number in range(count)]
    lines = [Line(number + 1, "N" * 300, "B" * 300) for number in range(count)]
    columns = [("Top artists", lines), ("Top tracks", lines)] if lines else []
    opened(drawn(POSTER._replace(covers=covers, columns=columns), shape))


@pytest.mark.parametrize(
    "text",
    ["Nora", "Čeština", "Привет", "Ελλάδα", "米津玄師", "감전", "أم كلثوم", "שלום", "ภาษาไทย", "नमस्ते", "🎧🔥", "♫ ★"],
)
def test_every_script_has_letters_and_no_boxes(text: str) -> None:
    assert fitted(text, STYLE, 880) == text
    assert ink(text) > 100
    letters = [letter for letter in text if letter.isalpha()]
    # A font that lacks them would draw the same box for each.
    if len(set(letters)) > 1:
        assert len({ink(letter) for letter in letters}) > 1


def test_what_no_font_has_is_left_out() -> None:
    assert fitted("Blue \U00013000 hour\x00", STYLE, 880).split() == ["Blue", "hour"]
    assert fitted("\U00013000\U00013001", STYLE, 880) == ELLIPSIS
    assert fitted("", STYLE, 880) == ""


def test_a_long_line_ends_in_an_ellipsis_within_its_room() -> None:
    style = Style(TEXT, 28, 600, "#ffffff")
    for text in ("Wuthering " * 30, "米津玄師" * 80, "🎧" * 200):
        cut = fitted(text, style, 400)
        assert cut.endswith(ELLIPSIS)
        assert 300 < width_of(cut, style) <= 400


def test_a_line_is_not_cut_between_a_letter_and_its_accent() -> None:
    style = Style(TEXT, 28, 600, "#ffffff")
    for room in range(60, 200, 3):
        cut = fitted("क्षि" * 20, style, room).removesuffix(ELLIPSIS)
        assert cut != "क्षि" * 20 and not cut.endswith(" ")
        following = ("क्षि" * 20)[len(cut)]
        assert following not in "\u094d\u093f"


def test_words_of_three_runs_keep_their_order_from_the_right() -> None:
    assert fitted("שלום live עולם", STYLE, 880) == "שלום live עולם"
    runs = lettering._runs("שלום live עולם", DISPLAY)
    assert [run.strip() for _face, run in runs if run.strip()] == ["עולם", "live", "שלום"]


def test_without_raqm_arabic_is_joined_and_turned_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "كلثوم"
    style = Style(TEXT, 40, 600, "#ffffff")
    shaped = width_of(text, style)
    monkeypatch.setattr(lettering, "HAS_RAQM", False)
    lettering._font.cache_clear()
    try:
        assert abs(width_of(text, style) - shaped) < 3
        assert width_of("Nora", style) > 60
    finally:
        lettering._font.cache_clear()


def test_words_that_go_from_right_to_left_begin_on_the_right() -> None:
    canvas = Image.new("L", (900, 80))
    used = draw_line(ImageDraw.Draw(canvas), (10, 55), "שלום live", STYLE, 880)
    alone = width_of("live", STYLE)
    # "live" is the first word from the left, so the left part looks as it does by itself.
    by_itself = Image.new("L", (900, 80))
    draw_line(ImageDraw.Draw(by_itself), (10, 55), "live", STYLE, 880)
    part = (0, 0, int(10 + alone), 80)
    assert canvas.crop(part).tobytes() == by_itself.crop(part).tobytes()
    assert used > alone
