"""What other sites are told of a link, and what they may show of it."""

import html as entities
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from music.models import Track
from music.tests.catalogue import add_track
from sharing.links import address
from sharing.tests.cast import link_to, linked_data, page

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)> & \u2028 %s {{ 7 }}"


def _meta(html: str) -> dict[str, str]:
    found = re.findall(r'<meta property="([^"]+)" content="([^"]*)">', html)
    return {name: entities.unescape(content) for name, content in found}


def _oembed(client: Client, url: str, **more: Any) -> Any:
    return client.get(f"/oembed/?{urlencode({'url': url, **more})}")


@pytest.fixture
def at_music_example(settings: Any) -> Any:
    settings.SITE_URL = "https://music.example"
    settings.ALLOWED_HOSTS = ["*"]
    return settings


def test_a_track_unfurls(track: Track, client: Client, at_music_example: Any) -> None:
    share = link_to(track)
    html = page(client, share)
    told = _meta(html)
    assert told["og:type"] == "music.song"
    assert told["og:title"] == track.title
    assert told["og:description"] == track.credited
    assert told["og:url"] == f"https://music.example{share.get_absolute_url()}"
    assert told["music:duration"] == str(round(track.duration_ms / 1000))
    assert "og:audio" not in told
    picture = told["og:image"].removeprefix("https://music.example")
    assert client.get(picture)["Content-Type"] == told["og:image:type"] == "image/webp"
    data = linked_data(html)
    assert data["@type"] == "MusicRecording" and data["byArtist"]["name"] == track.credited
    assert data["duration"] == f"PT{round(track.duration_ms / 1000)}S"


def test_an_album_unfurls(alice: Any, client: Client) -> None:
    tracks = [add_track(alice, f"Part {n}", album="Whole", artist="Nora", track_number=n) for n in (2, 1)]
    share = link_to(tracks[0].album, owner=alice)
    html = page(client, share)
    told = _meta(html)
    assert (told["og:type"], told["og:title"]) == ("music.album", "Whole")
    assert told["og:description"] == "Nora · 2 tracks"
    assert told["og:image"].endswith(".png")  # nobody takes an SVG
    data = linked_data(html)
    assert data["@type"] == "MusicAlbum" and data["numTracks"] == 2
    assert [each["name"] for each in data["track"]] == ["Part 1", "Part 2"]


def test_hostile_names_stay_text_everywhere(alice: Any, client: Client, settings: Any) -> None:
    settings.SHARE_FRAME_ANCESTORS = ["*"]
    alice.profile.display_name = HOSTILE[:80]
    alice.profile.save()
    track = add_track(alice, HOSTILE, artist=HOSTILE, album=HOSTILE)
    for share in (link_to(track), link_to(track.album, owner=alice)):
        html = page(client, share)
        embed = client.get(f"{share.get_absolute_url()}embed/").content.decode()
        for text in (html, embed):
            assert "<script>alert" not in text and "<img src=x" not in text and "{{ 7 }}" in text
            assert not re.search(r"""="[^"]*"'>""", text)
        assert html.count("</script>") == 2  # the page's own, and the end of the data
        assert _meta(html)["og:title"] == HOSTILE
        assert linked_data(html)["name"] == HOSTILE
        told = _oembed(client, address(share)).json()
        assert told["title"] == HOSTILE
        assert told["html"].count("<") == 2 and "onerror=alert(1)>" not in told["html"]


def test_oembed_tells_of_its_own_links(track: Track, client: Client, at_music_example: Any) -> None:
    share = link_to(track)
    [href] = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page(client, share))
    told = client.get(entities.unescape(href).removeprefix("https://music.example")).json()
    assert (told["type"], told["version"], told["title"]) == ("link", "1.0", track.title)
    assert told["author_name"] == track.credited and "html" not in told
    at_music_example.SHARE_FRAME_ANCESTORS = ["https://blog.example"]
    told = _oembed(client, address(share), maxwidth=300, maxheight=100).json()
    assert (told["type"], told["width"], told["height"]) == ("rich", 300, 100)
    assert f'src="{address(share)}embed/"' in told["html"]
    assert _oembed(client, address(share), maxwidth="x", maxheight="0").json()["width"] == 480
    assert _oembed(client, address(share), format="xml").status_code == 501


def test_a_size_of_any_number_of_digits_is_answered(track: Track, client: Client, settings: Any) -> None:
    settings.SHARE_FRAME_ANCESTORS = ["*"]
    usual = _oembed(client, address(link_to(track))).json()
    answer = _oembed(client, address(link_to(track)), maxwidth="9" * 5000, maxheight="9" * 5000)
    assert answer.status_code == 200
    assert (answer.json()["width"], answer.json()["height"]) == (usual["width"], usual["height"])


def test_oembed_knows_nothing_else(track: Track, client: Client) -> None:
    path = link_to(track).get_absolute_url()
    site = "http://127.0.0.1:8000"
    for url in (
        "",
        f"https://elsewhere.example{path}",
        f"{site}@elsewhere.example{path}",
        path,
        f"{site}/tracks/{track.pk}/",
        f"{site}/",
        "http://[",
        "javascript:alert(1)",
    ):
        assert _oembed(client, url).status_code == 404, url


def _policy(response: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts}


def test_only_our_own_pages_show_the_small_player_until_others_are_named(
    track: Track, client: Client, settings: Any
) -> None:
    share = link_to(track)
    embed = f"{share.get_absolute_url()}embed/"
    response = client.get(embed)
    policy = _policy(response)
    assert policy["frame-ancestors"] == "'self'"
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'"
    assert "X-Frame-Options" not in response
    settings.SHARE_FRAME_ANCESTORS = ["https://blog.example"]
    assert _policy(client.get(embed))["frame-ancestors"] == "'self' https://blog.example"
    settings.SHARE_FRAME_ANCESTORS = ["*"]
    assert "*" in _policy(client.get(embed))["frame-ancestors"]
    assert _policy(client.get("/s/nonsense/embed/"))["frame-ancestors"].endswith("*")
    # The page itself stays out of frames.
    page_response = client.get(share.get_absolute_url())
    assert _policy(page_response)["frame-ancestors"] == "'none'"
    assert page_response["X-Frame-Options"] == "DENY"


def test_the_list_gives_the_code_for_other_sites_where_they_may_show_it(
    track: Track, as_alice: Client, settings: Any
) -> None:
    link_to(track)
    assert "&lt;iframe" not in as_alice.get("/shares/").content.decode()
    settings.SHARE_FRAME_ANCESTORS = ["*"]
    assert "&lt;iframe" in as_alice.get("/shares/").content.decode()
