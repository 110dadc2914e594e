"""What stands around every page is partly remembered: never by anybody for somebody else."""

import re
from typing import Any

from django.test import Client

from music.models import Genre


def sidebar(client: Client, path: str = "/history/") -> str:
    page = client.get(path).content.decode()
    return page[page.index('<aside id="sidebar"') : page.index("</aside>")]


def favour(user: Any, *slugs: str) -> None:
    user.profile.favourite_genres.set(Genre.objects.filter(slug__in=slugs))


def test_each_sees_their_own_name_and_genres_however_often_the_other_asks(
    as_alice: Client, as_bob: Client, alice: Any, bob: Any
) -> None:
    favour(alice, "jazz")
    favour(bob, "folk")
    for _ in range(2):
        for client, own, others in ((as_alice, "jazz", "folk"), (as_bob, "folk", "jazz")):
            assert f"/genres/{own}/" in sidebar(client)
            assert f"/genres/{others}/" not in sidebar(client)
    assert "Account of alice" in as_alice.get("/history/").content.decode()
    assert "Account of bob" in as_bob.get("/history/").content.decode()


def test_what_changes_is_seen_on_the_next_page(as_alice: Client, alice: Any) -> None:
    assert "Pick a few" in sidebar(as_alice)
    favour(alice, "jazz")
    assert ">Jazz<" in sidebar(as_alice)
    Genre.objects.filter(slug="jazz").update(name="Jazz <& more>")
    assert ">Jazz &lt;&amp; more&gt;<" in sidebar(as_alice)
    favour(alice)
    assert "Pick a few" in sidebar(as_alice)
    alice.profile.display_name = "Alice <b>"
    alice.profile.save()
    assert "Account of Alice &lt;b&gt;" in as_alice.get("/history/").content.decode()


def test_the_current_page_is_marked_where_it_is_one_of_the_shell(as_alice: Client) -> None:
    for path in ("/history/", "/tracks/", "/history/"):
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', sidebar(as_alice, path)) == [path]
    assert "aria-current" not in sidebar(as_alice, "/search/")


def test_the_forms_of_the_shell_carry_the_token_of_who_asks(alice: Any, bob: Any) -> None:
    for user in (alice, bob, alice):
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        page = client.get("/history/?a=1&b=2").content.decode()
        tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', page)
        assert len(tokens) >= 2
        assert 'name="next" value="/history/?a=1&amp;b=2"' in page
        for token in tokens:
            assert client.post("/theme/", {"next": "/", "csrfmiddlewaretoken": token}).status_code == 302


def test_taking_ones_data_along_and_leaving_are_two_clicks_from_any_page(as_alice: Client) -> None:
    for path in ("/", "/tracks/", "/playlists/", "/upload/", "/settings/security/", "/accounts/email/", "/nowhere/"):
        assert 'href="/profile/"' in as_alice.get(path).content.decode(), path
    profile = as_alice.get("/profile/").content.decode()
    assert 'href="/settings/data/"' in profile and 'href="/profile/delete/"' in profile
    assert 'action="/settings/data/export/"' in as_alice.get("/settings/data/").content.decode()
    assert 'name="password"' in as_alice.get("/profile/delete/").content.decode()
