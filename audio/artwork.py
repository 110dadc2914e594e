from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from audio.facts import COVER_SIZES

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_PIXELS = 40_000_000
WEBP_QUALITY = 82
DARK = (17, 17, 24, 255)


class BadCover(Exception):
    """A picture that cannot be a cover; `str()` is a plain sentence for the person who sent it."""


def render_cover(data: bytes) -> dict[int, bytes]:
    """The picture as square WebP files by their side in pixels: upright, cut at the middle, without metadata."""
    try:
        square = _square(_opened(data))
        return {size: _webp(square, size) for size in COVER_SIZES}
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise BadCover("This picture is damaged and cannot be a cover. Save it again as JPEG or PNG.") from error


def _opened(data: bytes) -> Image.Image:
    """The first frame, its size checked from the header: nothing is unpacked before that."""
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise BadCover("This is not a picture that can be a cover. Use a JPEG, PNG, WebP or GIF.") from error
    if picture.width * picture.height > MAX_PIXELS:
        raise BadCover("This picture is too large for a cover. Make it smaller than 6000 by 6000 pixels.")
    picture.draft("RGB", (max(COVER_SIZES), max(COVER_SIZES)))
    return picture


def _square(picture: Image.Image) -> Image.Image:
    side = max(COVER_SIZES)
    upright = ImageOps.exif_transpose(_shrunk(picture, 2 * side))
    fitted = ImageOps.fit(upright.convert("RGBA"), (side, side), Image.Resampling.LANCZOS)
    return Image.alpha_composite(Image.new("RGBA", fitted.size, DARK), fitted).convert("RGB")


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    """A cheaper picture to work on, still at least `side` wherever it was."""
    if picture.mode.startswith("I"):  # 16-bit greys: Pillow would cut them off at white
        picture = picture.point(lambda level: level / 256).convert("L")
    if picture.mode not in ("L", "RGB", "RGBA"):
        picture = picture.convert("RGBA")
    return picture.reduce(max(1, min(picture.size) // side))


def _webp(square: Image.Image, size: int) -> bytes:
    file = BytesIO()
    square.resize((size, size), Image.Resampling.LANCZOS).save(file, "WEBP", quality=WEBP_QUALITY)
    return file.getvalue()
