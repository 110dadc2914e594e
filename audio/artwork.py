from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from audio.facts import COVER_SIZES
from audio.words import gettext_noop

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_PIXELS = 40_000_000
WEBP_QUALITY = 82
WEBP_METHOD = 2  # a third faster than the default, and hardly larger
DARK = (17, 17, 24, 255)
DAMAGED = gettext_noop("This picture is damaged. Save it again as JPEG or PNG.")
NO_PICTURE = gettext_noop("This is not a picture that can be used here. Use a JPEG, PNG, WebP or GIF.")
TOO_LARGE = gettext_noop("This picture is too large. Make it smaller than 6000 by 6000 pixels.")


class BadCover(Exception):
    """A picture that cannot be a cover; `str()` is a plain sentence for the person who sent it."""


def render_cover(data: bytes) -> dict[int, bytes]:
    """The picture as square WebP files by the side asked for in pixels: upright, cut at the middle, without metadata.

    No file is larger than the picture is: one of 200 pixels a side stands for 320 and 640 too.
    """
    try:
        square = _square(_opened(data))
        sides = {size: min(size, square.width) for size in COVER_SIZES}
        files = {side: _webp(square, side) for side in dict.fromkeys(sides.values())}
        return {size: files[side] for size, side in sides.items()}
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise BadCover(DAMAGED) from error


def _opened(data: bytes) -> Image.Image:
    """The first frame, its size checked from the header: nothing is unpacked before that."""
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise BadCover(NO_PICTURE) from error
    if picture.width * picture.height > MAX_PIXELS:
        raise BadCover(TOO_LARGE)
    picture.draft("RGB", (max(COVER_SIZES), max(COVER_SIZES)))
    return picture


def _square(picture: Image.Image) -> Image.Image:
    side = min(max(COVER_SIZES), *picture.size)
    upright = ImageOps.exif_transpose(_shrunk(picture, 2 * side))
    fitted = ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS)
    return _on_dark(fitted) if fitted.mode == "RGBA" else fitted.convert("RGB")


def _on_dark(picture: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", picture.size, DARK), picture).convert("RGB")


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    """A cheaper picture to work on, still at least `side` wherever it was."""
    if picture.mode.startswith("I"):  # 16-bit greys: Pillow would cut them off at white
        picture = picture.point(lambda level: level / 256).convert("L")
    if picture.mode not in ("L", "RGB", "RGBA"):
        picture = picture.convert("RGBA")
    return picture.reduce(max(1, min(picture.size) // side))


def _webp(square: Image.Image, size: int) -> bytes:
    file = BytesIO()
    picture = square if size == square.width else square.resize((size, size), Image.Resampling.LANCZOS)
    picture.save(file, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
    return file.getvalue()
