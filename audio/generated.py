from audio.dice import Dice
from audio.motifs import MOTIFS, Palette

# Upper left, lower right, light, contrast: bright on a dark page, and far enough apart to be told at 44 px.
PALETTES = [
    Palette("#ff4d8d", "#5b1a9e", "#ffd1a8", "#ffb347"),
    Palette("#2ee6d6", "#123a8c", "#d6fff4", "#7c5cff"),
    Palette("#ffb03a", "#a3195b", "#fff0b8", "#ff4d6d"),
    Palette("#c43cf0", "#2a1690", "#ffb0e6", "#3ad6ff"),
    Palette("#37e39a", "#0c5c86", "#eaffb0", "#ffe34d"),
    Palette("#4d7dff", "#3c0f8f", "#8ff3ff", "#ff5fd2"),
    Palette("#ff6a4d", "#7a1146", "#ffd76a", "#ff2fa0"),
    Palette("#f7d046", "#e0483e", "#fffbe0", "#ff8a1f"),
    Palette("#8a6bff", "#c02a7f", "#c9f0ff", "#29e0d0"),
    Palette("#14b8c4", "#0b2a5c", "#ff9f6b", "#2ee6a8"),
    Palette("#ff8fb1", "#6a4bdc", "#fff2d6", "#ffc04d"),
    Palette("#a8e05f", "#0f7a6c", "#fffbc2", "#18c6ff"),
    Palette("#5ad1ff", "#5a36d6", "#ffd3f0", "#ff5fb0"),
    Palette("#ff5e62", "#ff9966", "#fff3c4", "#c0277f"),
    Palette("#7b2ff7", "#0f1b5c", "#f107a3", "#23d5ff"),
    Palette("#19c37d", "#0a3d55", "#ffe066", "#6be8ff"),
    Palette("#ff7ac6", "#ff9a3c", "#fff6d8", "#8a4dff"),
    Palette("#2b59ff", "#0a1445", "#ff5fa2", "#25e6ff"),
]
SHADE = "#05030f"
SLOPES = ['x2="0" y2="1"', 'x2="1" y2="1"', 'x2="1" y2=".6"', 'x2=".5" y2="1"']


def generated_cover(seed: str, size: int = 640) -> str:
    """A square SVG, `size` pixels a side, the same for ever for one seed; none of the seed's text is in it.

    Attributes only: no style, no script, no link, so the strictest content policy lets it be seen. The gradients'
    ids come from the seed, so that many covers may stand inline on one page.
    """
    dice = Dice(seed)
    palette, motif, slope = dice.pick(PALETTES), dice.pick(MOTIFS), dice.pick(SLOPES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="{size}" height="{size}">'
        f"<defs>{_gradients(dice.key, palette, slope)}</defs>"
        f"{''.join(_field(dice.key, name) for name in 'bgs')}{motif(dice, palette)}</svg>"
    )


def _gradients(key: str, palette: Palette, slope: str) -> str:
    """b: the background, u: upright, from the light down; l and a: clouds; g and s: gleam and shade."""
    clear_light, clear_contrast = _stop(1, palette.light, 0), _stop(1, palette.contrast, 0)
    return "".join(
        [
            _gradient("linear", f'id="{key}b" {slope}', _stop(0, palette.upper) + _stop(1, palette.lower)),
            _gradient("linear", f'id="{key}u" x2="0" y2="1"', _stop(0, palette.light) + _stop(1, palette.upper)),
            _gradient("radial", f'id="{key}l"', _stop(0, palette.light, 0.95) + clear_light),
            _gradient("radial", f'id="{key}a"', _stop(0, palette.contrast, 0.95) + clear_contrast),
            _gradient("radial", f'id="{key}g" cx=".2" cy=".1" r=".9"', _stop(0, "#fff", 0.2) + _stop(1, "#fff", 0)),
            _gradient("radial", f'id="{key}s" cx=".9" cy="1" r=".9"', _stop(0, SHADE, 0.45) + _stop(1, SHADE, 0)),
        ]
    )


def _gradient(kind: str, attributes: str, stops: str) -> str:
    return f"<{kind}Gradient {attributes}>{stops}</{kind}Gradient>"


def _stop(offset: float, colour: str, opacity: float = 1) -> str:
    return f'<stop offset="{offset}" stop-color="{colour}" stop-opacity="{opacity}"/>'


def _field(key: str, gradient: str) -> str:
    return f'<rect width="100" height="100" fill="url(#{key}{gradient})"/>'
