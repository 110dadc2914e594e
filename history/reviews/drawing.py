"""Draws the picture of a review: what has no text as SVG, by resvg, and the text over it by Pillow."""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple

import resvg_py
from django.template import engines
from PIL import Image, ImageDraw

from audio.facts import COVER_SIZES
from audio.generated import generated_cover
from history.reviews.lettering import DISPLAY, TEXT, Style, draw_line, width_of
from history.reviews.poster import Cover, Line, Poster
from music.files import cover_path

Draw = ImageDraw.ImageDraw

SIZES = {"portrait": (1080, 1350), "wide": (1200, 630)}
MARGIN, TOP, GAP = 72, 56, 12
WHITE, LILAC, DIM = "#ffffff", "#d8ccff", "#bdb2e0"
MOSAIC, QUAD, FEW = 5, 4, 2
SITE_WIDTH, LABEL_WIDTH = 360, 150


class Box(NamedTuple):
    """`href`: the picture in it, if it is one."""

    x: float
    y: float
    width: float
    height: float
    href: str = ""


def drawn(poster: Poster, shape: str) -> bytes:
    """As PNG of the shape's size."""
    picture = _portrait(poster) if shape == "portrait" else _wide(poster)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _portrait(poster: Poster) -> Image.Image:
    inner = SIZES["portrait"][0] - 2 * MARGIN
    covers, panels, below = _arranged(poster, 388, inner)
    picture = _scenery("portrait", covers, panels)
    draw = ImageDraw.Draw(picture)
    _head(draw, poster, inner, inner)
    for panel, (amount, of) in zip(panels, poster.stats, strict=True):
        _amount(draw, (panel.x + 24, panel.y + panel.height / 2 + 3), amount, of, panel.width - 48)
    column = (inner - 40) / 2
    for number, (heading, lines) in enumerate(poster.columns):
        _column(draw, (MARGIN + number * (column + 40), below), column, heading, lines)
    return picture


def _arranged(poster: Poster, y: float, inner: float) -> tuple[list[Box], list[Box], float]:
    """Covers, panels of the amounts, and where what is below them begins: five pictures, or one with room beside it."""
    count = len(poster.stats)
    if len(poster.covers) >= MOSAIC:
        across = (inner - 2 * GAP) / 3
        top = y + (inner - GAP) / 2 + 22
        panels = [Box(MARGIN + number * (across + GAP), top, across, 100) for number in range(count)]
        return _mosaic(poster.covers, MARGIN, y, inner), panels, top + 150
    side = 440 if max((len(lines) for _heading, lines in poster.columns), default=0) > FEW else 570
    covers = _alone(poster.covers, MARGIN, y, side)
    x = MARGIN + side + GAP if covers else MARGIN
    down = (side - (count - 1) * GAP) / count
    panels = [Box(x, y + number * (down + GAP), inner - (x - MARGIN), down) for number in range(count)]
    return covers, panels, y + side + 72


def _wide(poster: Poster) -> Image.Image:
    width, height = SIZES["wide"]
    side = height - 2 * TOP
    x = width - TOP - side
    covers = (_quad if len(poster.covers) >= QUAD else _alone)(poster.covers, x, TOP, side)
    room = (x if covers else width) - MARGIN - 44
    picture = _scenery("wide", covers, [])
    draw = ImageDraw.Draw(picture)
    _head(draw, poster, room, room - SITE_WIDTH)
    for number, (amount, of) in enumerate(poster.stats):
        _amount(draw, (MARGIN + number * room / 3, 450), amount, of, room / 3 - 20)
    for number, (heading, lines) in enumerate(poster.columns):
        baseline = 535 + number * 44
        draw_line(draw, (MARGIN, baseline), heading, Style(TEXT, 23, 500, LILAC), LABEL_WIDTH - 12)
        _named(draw, (MARGIN + LABEL_WIDTH, baseline), lines[0], room - LABEL_WIDTH, 26)
    return picture


def _head(draw: Draw, poster: Poster, width: float, site_width: float) -> None:
    draw_line(draw, (MARGIN + 72, TOP + 39), "Music Streamer", Style(DISPLAY, 31, 600, WHITE), width)
    if site_width >= SITE_WIDTH:
        site = Style(TEXT, 24, 400, DIM)
        x = MARGIN + width - min(width_of(poster.site, site), SITE_WIDTH)
        draw_line(draw, (x, TOP + 38), poster.site, site, SITE_WIDTH)
    draw_line(draw, (MARGIN, 164), poster.owner, Style(TEXT, 30, 600, LILAC), width)
    _fitting(draw, (MARGIN, 276), poster.title, 116, width)
    draw_line(draw, (MARGIN, 324), poster.dates, Style(TEXT, 28, 500, WHITE), width)
    draw_line(draw, (MARGIN, 360), poster.note, Style(TEXT, 24, 400, DIM), width)


def _fitting(draw: Draw, at: tuple[float, float], text: str, size: int, width: float) -> None:
    """Smaller where it would be too wide, as far as a third; then cut off."""
    sizes = range(size, size // 3, -4)
    fits = next((each for each in sizes if width_of(text, Style(DISPLAY, each, 700, WHITE)) <= width), sizes[-1])
    draw_line(draw, at, text, Style(DISPLAY, fits, 700, WHITE), width)


def _amount(draw: Draw, at: tuple[float, float], amount: str, of: str, width: float) -> None:
    _fitting(draw, at, amount, 48, width)
    draw_line(draw, (at[0], at[1] + 32), of, Style(TEXT, 23, 500, LILAC), width)


def _column(draw: Draw, at: tuple[float, float], width: float, heading: str, lines: Sequence[Line]) -> None:
    x, y = at
    draw_line(draw, (x, y), heading, Style(TEXT, 25, 600, LILAC), width)
    for number, line in enumerate(lines):
        baseline = y + 52 + number * 50
        draw_line(draw, (x, baseline), str(line.rank), Style(DISPLAY, 28, 600, LILAC), 40)
        _named(draw, (x + 40, baseline), line, width - 40, 28)


def _named(draw: Draw, at: tuple[float, float], line: Line, width: float, size: int) -> None:
    """By whom it is, too, where there is room for more than a few letters of it."""
    used = draw_line(draw, at, line.name, Style(TEXT, size, 600, WHITE), width) + 14
    if line.by and width - used > 3 * size:
        draw_line(draw, (at[0] + used, at[1]), line.by, Style(TEXT, size - 4, 400, DIM), width - used)


def _mosaic(covers: Sequence[Cover], x: float, y: float, width: float) -> list[Box]:
    """The first one as large as the four others together."""
    large = (width - GAP) / 2
    small = (large - GAP) / 2
    boxes = [_box(covers[0], x, y, large)]
    for number, cover in enumerate(covers[1:MOSAIC]):
        down, across = divmod(number, 2)
        boxes.append(_box(cover, x + large + GAP + across * (small + GAP), y + down * (small + GAP), small))
    return boxes


def _quad(covers: Sequence[Cover], x: float, y: float, width: float) -> list[Box]:
    small = (width - GAP) / 2
    return [
        _box(cover, x + number % 2 * (small + GAP), y + number // 2 * (small + GAP), small)
        for number, cover in enumerate(covers[:QUAD])
    ]


def _alone(covers: Sequence[Cover], x: float, y: float, side: float) -> list[Box]:
    return [_box(cover, x, y, side) for cover in covers[:1]]


def _box(cover: Cover, x: float, y: float, side: float) -> Box:
    return Box(x, y, side, side, _embedded(cover))


def _embedded(cover: Cover) -> str:
    """The uploaded picture, which was made anew from what was uploaded; generated, if there is none or it is lost."""
    try:
        data, kind = cover_path(cover.name, max(COVER_SIZES)).read_bytes() if cover.name else b"", "image/webp"
    except OSError:
        data = b""
    if not data:
        data, kind = generated_cover(cover.seed).encode(), "image/svg+xml"
    return f"data:{kind};base64,{b64encode(data).decode()}"


def _scenery(shape: str, covers: Sequence[Box], panels: Sequence[Box]) -> Image.Image:
    picture = _ground(shape).copy()
    over = _rendered("over", shape, covers=covers, panels=panels)
    picture.paste(over, mask=over)
    return picture


@cache
def _ground(shape: str) -> Image.Image:
    """What all pictures have in common takes half of the time."""
    return _rendered("ground", shape, x=MARGIN, y=TOP).convert("RGB")


def _rendered(name: str, shape: str, **context: Any) -> Image.Image:
    width, height = SIZES[shape]
    svg = engines["jinja2"].get_template(f"review/{name}.jinja").render(context | {"width": width, "height": height})
    png = resvg_py.svg_to_bytes(svg_string=str(svg), skip_system_fonts=True)
    return Image.open(BytesIO(png), formats=("PNG",)).convert("RGBA")
