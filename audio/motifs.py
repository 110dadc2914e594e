"""What is drawn on a generated cover, on a field of 100 by 100: each takes dice and colours, and returns markup."""

import math
from typing import NamedTuple

from audio.dice import Dice


class Palette(NamedTuple):
    upper: str
    lower: str
    light: str
    contrast: str


def discs(dice: Dice, palette: Palette) -> str:
    """Three overlapping discs."""
    x, y, r = dice.between(22, 42), dice.between(24, 44), dice.between(24, 32)
    return (
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{palette.light}" fill-opacity=".85"/>'
        f'<circle cx="{x + 30:.1f}" cy="{y + 26:.1f}" r="{r + 4:.1f}" fill="{palette.contrast}" fill-opacity=".66"/>'
        f'<circle cx="{x + 42:.1f}" cy="{y - 12:.1f}" r="{r / 3:.1f}" fill="#fff" fill-opacity=".8"/>'
    )


def bars(dice: Dice, palette: Palette) -> str:
    """An equaliser around the middle line."""
    count = dice.pick([7, 9, 11])
    step = 84 / count
    drawn = []
    for n in range(count):
        swell = math.sin(math.pi * (n + 0.7) / (count + 0.4))
        height = dice.between(14, 34) + 42 * swell
        drawn.append(
            f'<rect x="{8 + n * step + step * 0.2:.1f}" y="{50 - height / 2:.1f}" width="{step * 0.6:.1f}" '
            f'height="{height:.1f}" rx="{step * 0.3:.1f}"/>'
        )
    return f'<g fill="{palette.light}" fill-opacity=".88">{"".join(drawn)}</g>'


def waves(dice: Dice, palette: Palette) -> str:
    """Hills of water, the nearest the darkest, under a small sun."""
    x = dice.between(25, 75)
    drawn = [f'<circle cx="{x}" cy="30" r="13" fill="{palette.light}"/>']
    for n, colour in enumerate(["#fff", palette.upper, palette.lower, "#0b0626"]):
        opacity, lift = (0.22, 0.75, 0.8, 0.45)[n], dice.between(7, 13)
        drawn.append(
            f'<path d="{_wave(42 + n * 14, lift, n % 2 == 0)}V100H0Z" fill="{colour}" fill-opacity="{opacity}"/>'
        )
    return "".join(drawn)


def _wave(y: float, lift: float, first_up: bool) -> str:
    bend = -lift if first_up else lift
    return f"M0 {y}C17 {y + bend:.1f} 33 {y + bend:.1f} 50 {y}S83 {y - bend:.1f} 100 {y}"


def dots(dice: Dice, palette: Palette) -> str:
    """A halftone that swells around one point."""
    cx, cy, reach = dice.between(15, 85), dice.between(15, 85), dice.between(60, 85)
    drawn = []
    for row in range(7):
        for column in range(7):
            x, y = 11 + column * 13, 11 + row * 13
            r = max(1.0, 6.2 * (1 - math.hypot(x - cx, y - cy) / reach))
            drawn.append(f'<circle cx="{x}" cy="{y}" r="{r:.1f}"/>')
    return f'<g fill="{palette.light}" fill-opacity=".9">{"".join(drawn)}</g>'


def rings(dice: Dice, palette: Palette) -> str:
    """Sound going out from one place."""
    cx, cy = dice.between(25, 75), dice.between(30, 75)
    drawn = [
        f'<circle cx="{cx}" cy="{cy}" r="{14 + n * 13}" stroke-width="{5.5 - n * 0.6:.1f}" '
        f'stroke-opacity="{0.95 - n * 0.13:.2f}"/>'
        for n in range(7)
    ]
    core = f'<circle cx="{cx}" cy="{cy}" r="6" fill="{palette.light}"/>'
    return f'<g fill="none" stroke="{palette.light}">{"".join(drawn)}</g>{core}'


def sunset(dice: Dice, palette: Palette) -> str:
    """A large sun over the sea, with its path on the water."""
    cx, r = dice.between(34, 66), dice.between(22, 29)
    path = "".join(
        f'<rect x="{cx - width / 2:.1f}" y="{67 + n * 5.6:.1f}" width="{width}" height="2" rx="1"/>'
        for n, width in enumerate([44, dice.between(24, 40), dice.between(18, 32), dice.between(12, 26), 9])
    )
    return (
        f'<circle cx="{cx}" cy="52" r="46" fill="url(#{dice.key}l)" fill-opacity=".55"/>'
        f'<circle cx="{cx}" cy="50" r="{r}" fill="url(#{dice.key}u)"/>'
        f'<path d="M0 62H100V100H0Z" fill="{palette.lower}"/>'
        f'<path d="M0 62H100V100H0Z" fill="#060320" fill-opacity=".35"/>'
        f'<g fill="{palette.light}" fill-opacity=".8">{path}</g>'
    )


def peaks(dice: Dice, palette: Palette) -> str:
    """Three ranges of mountains under a moon."""
    x, y, r = dice.between(20, 80), dice.between(20, 30), dice.between(9, 13)
    moon = f'<circle cx="{x}" cy="{y}" r="{r}" fill="{palette.light}"/>'
    ranges = [
        f'<path d="{_ridge(dice, 46 + n * 14, 20 - n * 3)}" fill="{colour}" fill-opacity="{opacity}"/>'
        for n, (colour, opacity) in enumerate([("#fff", 0.24), (palette.upper, 0.7), (palette.lower, 0.95)])
    ]
    return moon + "".join(ranges)


def _ridge(dice: Dice, y: float, rise: float) -> str:
    points, x, is_top = [], -8.0, dice.pick([True, False])
    while x < 116:
        points.append(f"{x:.0f} {y + (-rise if is_top else rise * 0.4) * dice.between(0.6, 1):.1f}")
        x, is_top = x + dice.between(13, 24), not is_top
    return f"M-8 108L{'L'.join(points)}L116 108Z"


def tiles(dice: Dice, palette: Palette) -> str:
    """Quarter discs on a grid of three by three."""
    drawn = []
    for n in range(9):
        x, y = n % 3 * 34 - 1, n // 3 * 34 - 1
        corner = dice.pick(
            [
                "M0 0H34A34 34 0 0 1 0 34Z",
                "M34 0V34A34 34 0 0 1 0 0Z",
                "M34 34H0A34 34 0 0 1 34 0Z",
                "M0 34V0A34 34 0 0 1 34 34Z",
                "M17 1A16 16 0 0 1 17 33A16 16 0 0 1 17 1Z",
            ]
        )
        colour = dice.pick([palette.light, palette.upper, palette.lower, palette.contrast])
        drawn.append(f'<path transform="translate({x} {y}) scale(1.012)" d="{corner}" fill="{colour}"/>')
    return f'<g opacity=".9">{"".join(drawn)}</g>'


def aurora(dice: Dice, palette: Palette) -> str:
    """Clouds of coloured light, and one clear disc among them."""
    x, y = dice.between(10, 40), dice.between(60, 95)
    clouds = [(x, y, "a", 0.9), (100 - x, 100 - y, "l", 0.8), (100 - x, y, "a", 0.5)]
    drawn = [
        f'<ellipse cx="{cx:.1f}" cy="{cy:.1f}" rx="{dice.between(48, 70)}" ry="{dice.between(36, 56)}" '
        f'fill="url(#{dice.key}{light})" fill-opacity="{opacity}"/>'
        for cx, cy, light, opacity in clouds
    ]
    moon = f'<circle cx="{dice.between(38, 62)}" cy="{dice.between(38, 58)}" r="19" fill="url(#{dice.key}u)"/>'
    return "".join(drawn) + moon


def vinyl(dice: Dice, palette: Palette) -> str:
    """A record, half out of the picture."""
    cx, cy = dice.pick([(50, 50), (72, 50), (50, 74), (70, 70)])
    grooves = "".join(f'<circle cx="{cx}" cy="{cy}" r="{r}"/>' for r in (42, 37, 32, 27))
    return (
        f'<circle cx="{cx}" cy="{cy}" r="47" fill="#0a0618" fill-opacity=".82"/>'
        f'<g fill="none" stroke="{palette.light}" stroke-opacity=".28" stroke-width="1.2">{grooves}</g>'
        f'<path d="M{cx} {cy}L{cx - 44} {cy - 17}A47 47 0 0 1 {cx - 30} {cy - 36}Z" fill="#fff" fill-opacity=".22"/>'
        f'<circle cx="{cx}" cy="{cy}" r="18" fill="url(#{dice.key}u)"/>'
        f'<circle cx="{cx}" cy="{cy}" r="3.5" fill="#0a0618"/>'
    )


def petals(dice: Dice, palette: Palette) -> str:
    """A flower of glass."""
    count, rx, start = dice.pick([6, 8, 10]), dice.between(9, 13), dice.between(0, 60)
    drawn = [
        f'<ellipse cx="50" cy="28" rx="{rx}" ry="25" transform="rotate({start + n * 360 / count:.1f} 50 50)"/>'
        for n in range(count)
    ]
    return (
        f'<g fill="{palette.light}" fill-opacity=".34">{"".join(drawn)}</g><circle cx="50" cy="50" r="6" fill="#fff"/>'
    )


def strings(dice: Dice, palette: Palette) -> str:
    """Plucked strings, loudest in the middle."""
    count, drawn = 9, []
    for n in range(count):
        y, swing = 14 + n * 9, 15 * math.sin(math.pi * (n + 0.5) / count) * dice.between(0.5, 1)
        drawn.append(f'<path d="{_wave(y, swing, n % 2 == 0)}" stroke-opacity="{0.55 + 0.05 * n:.2f}"/>')
    return f'<g fill="none" stroke="{palette.light}" stroke-width="2.4">{"".join(drawn)}</g>'


MOTIFS = [discs, bars, waves, dots, rings, sunset, peaks, tiles, aurora, vinyl, petals, strings]
