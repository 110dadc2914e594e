import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from audio.artwork import COVER_SIZES, BadCover, render_cover


def encoded(picture: Image.Image, format: str, **options) -> bytes:
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def rendered(data: bytes, size: int = 320) -> Image.Image:
    return Image.open(BytesIO(render_cover(data)[size])).convert("RGB")


def near(colour, expected) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(colour, expected, strict=True))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(900, 300), (300, 900), (1, 1), (3000, 2000)])
def test_every_kind_of_picture_becomes_small_squares(format: str, size: tuple[int, int]) -> None:
    covers = render_cover(encoded(Image.new("RGB", size, "red"), format))
    assert tuple(covers) == COVER_SIZES
    for asked, data in covers.items():
        cover, side = Image.open(BytesIO(data)), min(asked, *size)
        assert (cover.format, cover.size) == ("WEBP", (side, side))
        assert near(cover.convert("RGB").getpixel((side // 2, side // 2)), (255, 0, 0))


def test_a_small_picture_is_not_blown_up_and_one_file_stands_for_every_size() -> None:
    covers = render_cover(encoded(Image.effect_noise((96, 120), 90).convert("RGB"), "JPEG"))
    assert {Image.open(BytesIO(data)).size for data in covers.values()} == {(96, 96)}
    assert len(set(covers.values())) == 1


def test_a_middling_picture_keeps_its_own_size_where_a_larger_one_is_asked_for() -> None:
    covers = render_cover(encoded(Image.new("RGB", (400, 500)), "PNG"))
    assert {asked: Image.open(BytesIO(data)).width for asked, data in covers.items()} == {96: 96, 320: 320, 640: 400}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr"])
def test_every_mode_is_read(mode: str) -> None:
    format = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    assert near(
        rendered(encoded(Image.new("RGB", (50, 50), "white").convert(mode), format)).getpixel((9, 9)), (255,) * 3
    )


def test_sixteen_bit_grey_stays_grey() -> None:
    picture = Image.new("I;16", (40, 40), 32_768)
    assert near(rendered(encoded(picture, "PNG")).getpixel((5, 5)), (128, 128, 128))


def test_a_wide_picture_is_cut_at_the_middle() -> None:
    picture = Image.new("RGB", (900, 300), "red")
    picture.paste("blue", (300, 0, 600, 300))
    assert near(rendered(encoded(picture, "PNG")).getpixel((150, 150)), (0, 0, 255))


@pytest.mark.parametrize("side", [100, 3000])
def test_the_camera_orientation_is_applied_and_metadata_dropped(side: int) -> None:
    picture = Image.new("RGB", (side, side), "red")
    picture.paste("blue", (0, 0, side, side // 2))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 3, "secret place"
    data = encoded(picture, "JPEG", exif=exif)
    cover = rendered(data)
    assert near(cover.getpixel((cover.width // 2, cover.height - 5)), (0, 0, 254))
    assert all(b"secret place" not in cover for cover in render_cover(data).values())


def test_transparency_lies_on_dark_and_an_animation_is_its_first_frame() -> None:
    assert near(rendered(encoded(Image.new("RGBA", (9, 9), (255, 0, 0, 0)), "PNG")).getpixel((4, 4)), (17, 17, 24))
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert near(rendered(data).getpixel((9, 9)), (255, 0, 0))


def png_claiming(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


@pytest.mark.parametrize("size", [(7000, 7000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(BadCover):
        render_cover(png_claiming(*size))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"GIF89a",
        encoded(Image.effect_noise((200, 200), 90), "PNG")[:5000],
        encoded(Image.new("RGB", (9, 9)), "TIFF"),
        encoded(Image.new("RGB", (9, 9)), "BMP"),
        png_claiming(10, 10),
        png_claiming(0, 10),
    ],
)
def test_what_is_no_cover_is_refused_in_plain_words(data: bytes) -> None:
    with pytest.raises(BadCover, match=r"^This picture|^This is not a picture"):
        render_cover(data)
