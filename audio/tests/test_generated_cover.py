import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.generated import generated_cover

TAGS = {"svg", "defs", "linearGradient", "radialGradient", "stop", "rect", "circle", "ellipse", "path", "g"}


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_a_cover_is_small_inert_markup(seed: str) -> None:
    cover = generated_cover(seed)
    assert len(cover) < 4_000
    for element in ElementTree.fromstring(cover).iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in TAGS
        assert not [name for name in element.attrib if name == "style" or "href" in name or name.startswith("on")]
    assert re.findall(r"url\((.)", cover) == ["#"] * cover.count("url(")
    assert cover.count("http") == 1


def test_the_seed_is_not_shown() -> None:
    assert "script" not in generated_cover("<script>alert(1)</script>")


def test_a_seed_keeps_its_cover_and_its_size_is_free() -> None:
    assert generated_cover("album 1") == generated_cover("album 1")
    assert 'width="44"' in generated_cover("album 1", 44)


def test_seeds_differ_and_their_ids_do_not_clash() -> None:
    covers = [generated_cover(f"album {n}") for n in range(200)]
    assert len(set(covers)) == 200
    ids = [name for cover in covers for name in re.findall(r' id="([^"]+)"', cover)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("n", range(60))
def test_every_gradient_that_is_used_is_defined(n: int) -> None:
    cover = generated_cover(f"album {n}")
    assert set(re.findall(r"url\(#(\w+)\)", cover)) <= set(re.findall(r' id="(\w+)"', cover))
