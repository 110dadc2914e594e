"""`python -m theme.app_icons`: the pictures of an installed app, drawn from static/icon.svg into static/."""

from pathlib import Path

import resvg_py

STATIC = Path(__file__).resolve().parent.parent / "static"
ROUNDED = 'rx="16" '
SIZES = {"icon-192.png": 192, "icon-512.png": 512, "icon-maskable-512.png": 512, "apple-touch-icon.png": 180}
FULL_BLEED = {"icon-maskable-512.png", "apple-touch-icon.png"}
SAFE_ZONE = 0.8


def drawing(name: str) -> str:
    """The logo; where the system cuts the shape itself, on a whole square, within the middle that is never cut."""
    logo = (STATIC / "icon.svg").read_text()
    if name not in FULL_BLEED:
        return logo
    margin = 32 * (1 - SAFE_ZONE)
    bars = f'<g transform="translate({margin:g} {margin:g}) scale({SAFE_ZONE})"><g stroke='
    return logo.replace(ROUNDED, "").replace("<g stroke=", bars).replace("</svg>", "</g></svg>")


def picture(name: str) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing(name), width=SIZES[name], height=SIZES[name]))


def main() -> None:
    for name in SIZES:
        (STATIC / name).write_bytes(picture(name))


if __name__ == "__main__":
    main()
