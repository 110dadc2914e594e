"""Text in pictures, in whatever script it is: each character by the first of our fonts that has it, as browsers do it.

Pillow sets one font a call, so a line is cut into runs of one font each; Raqm joins letters and turns right-to-left
ones around within a run. It needs the system's FriBidi: without it two packages do so for Arabic and Hebrew. Names of
music may hold anything: what no font has is left out, and never drawn as a box.
"""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import fontpkg_inter
import fontpkg_outfit
import manimgx_fonts
import manimgx_fonts_cjk
from arabic_reshaper.arabic_reshaper import reshape
from bidi import get_display
from fontTools.ttLib import TTFont
from PIL import ImageDraw, ImageFont, features

HAS_RAQM = features.check("raqm")
ELLIPSIS = "…"
LONGEST = 300
JOINERS = "\u200c\u200d"
NOTO, CJK = Path(manimgx_fonts.__file__).parent, Path(manimgx_fonts_cjk.__file__).parent / "NotoSansCJK-VF.otf.ttc"
DISPLAY = fontpkg_outfit.ROOT / "files" / "Outfit[wght].ttf"
TEXT = fontpkg_inter.ROOT / "files" / "Inter[opsz,wght].ttf"
OTHERS = sorted(path for path in NOTO.glob("*.ttf") if "Italic" not in path.name and "Emoji" not in path.name)
# The largest last: most lines never need it.
EMOJI = NOTO / "NotoEmoji[wght].ttf"
FALLBACKS = (TEXT, *OTHERS, EMOJI, CJK)


class Style(NamedTuple):
    face: Path
    size: int
    weight: int
    fill: str


Run = tuple[Path, str]


def draw_line(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, style: Style, width: float) -> float:
    """From the left end of the baseline, cut off with an ellipsis where it would be wider; answers how wide it is."""
    x, baseline = at
    for face, run in _runs(fitted(text, style, width), style.face):
        font = _font(face, style.size, style.weight)
        draw.text((x, baseline), run, style.fill, font, anchor="ls")
        x += font.getlength(run)
    return x - at[0]


def fitted(text: str, style: Style, width: float) -> str:
    """As much of it as has room, with an ellipsis if that is not all."""
    text = _drawable(text, style.face)
    if width_of(text, style) <= width:
        return text
    fits, too_many = 0, len(text)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (middle, too_many) if width_of(_cut(text, middle), style) <= width else (fits, middle)
    return _cut(text, fits)


def width_of(text: str, style: Style) -> float:
    return sum(_font(face, style.size, style.weight).getlength(run) for face, run in _runs(text, style.face))


def _cut(text: str, length: int) -> str:
    """Never between a letter and what belongs to it."""
    while 0 < length < len(text) and _clings(text[length]):
        length -= 1
    return text[:length].rstrip() + ELLIPSIS


def _drawable(text: str, face: Path) -> str:
    """On one line, without what cannot be drawn; an ellipsis if nothing of it is left."""
    line = " ".join(unicodedata.normalize("NFC", text[:LONGEST]).split())
    line = "".join(character for character in line if character.isprintable() or character in JOINERS)
    return "".join(run for _face, run in _read(line, face)).strip() or ELLIPSIS[: len(line)]


def _runs(text: str, face: Path) -> list[Run]:
    """In the order in which they stand from left to right."""
    parts = [part for run in _read(text, face) for part in _with_own_spaces(run, face)]
    if not HAS_RAQM:
        parts = [(own, str(get_display(reshape(words)))) for own, words in parts]
    return parts[::-1] if _is_from_the_right(text) else parts


def _read(text: str, face: Path) -> list[Run]:
    """In the order in which they are read."""
    runs: list[Run] = []
    for character in text:
        found = _face_of(character, face, runs[-1][0] if runs else None)
        if found is None:
            continue
        if runs and runs[-1][0] == found:
            runs[-1] = (found, runs[-1][1] + character)
        else:
            runs.append((found, character))
    return runs


def _with_own_spaces(run: Run, face: Path) -> list[Run]:
    """The spaces at its end by themselves: between two runs they belong to neither, whichever way these go."""
    words = run[1].rstrip(" ")
    return [(run[0], words), (face, run[1][len(words) :])] if words != run[1] and run[0] != face else [run]


def _face_of(character: str, first: Path, previous: Path | None) -> Path | None:
    """Letters in the first font that has them; spaces, digits and marks in that of what they follow, if it has them."""
    if character == " " and previous == EMOJI:
        return first
    if previous and not character.isalpha() and ord(character) in _characters(previous):
        return previous
    return next((face for face in (first, *FALLBACKS) if ord(character) in _characters(face)), None)


def _clings(character: str) -> bool:
    """Accents, vowel signs, joiners, tones of skin."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf", "Sk")


def _is_from_the_right(text: str) -> bool:
    directions = map(unicodedata.bidirectional, text)
    return next((each in ("R", "AL") for each in directions if each in ("L", "R", "AL")), False)


@cache
def _characters(face: Path) -> frozenset[int]:
    with TTFont(face, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@lru_cache(maxsize=64)
def _font(face: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(face, size, layout_engine=ImageFont.Layout.RAQM if HAS_RAQM else ImageFont.Layout.BASIC)
    axes = font.get_variation_axes()
    font.set_variation_by_axes([_on_axis(axis, weight) for axis in axes])
    return font


def _on_axis(axis: "ImageFont.Axis", weight: int) -> float:
    """As heavy as asked for, as far as the font goes; otherwise as it comes."""
    if axis.get("name") != b"Weight":
        return axis["default"] or 0
    return min(max(weight, axis["minimum"] or weight), axis["maximum"] or weight)
