"""Smart playlists as one meets them: the form without a script, the preview, the list, the file."""

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from music.models import Track
from music.tests.catalogue import add_track
from playlists.keeping import purge
from playlists.models import SmartPlaylist, Star
from playlists.smart.rules import MOST_RULES
from playlists.tests.cast import played, playlist_of
from users.deletion import delete_account
from users.models import Block, CustomUser, Follow

JAZZ = {"r.match": "all", "r.0.field": "genre", "r.0.operator": "is", "r.0.value": "Jazz"}
FORM = {"name": "Mine", "visibility": "private", "order": "title", "descending": "false", "limit": "50", **JAZZ}
RULES = {"match": "all", "rules": [{"field": "genre", "operator": "is", "value": "Jazz"}], "order": "title"}
EVERYTHING = [{"field": "year", "operator": "is_not", "value": 1}]
FULL = {**RULES, "descending": False, "limit": 50}


def make(owner: Any, visibility: str = "private", **rules: Any) -> SmartPlaylist:
    return SmartPlaylist.objects.create(owner=owner, name="Mine", visibility=visibility, rules={**FULL, **rules})


def titles(client: Client, smart: SmartPlaylist) -> list[str]:
    return [row.title for row in client.get(smart.get_absolute_url()).context["tracks"]]


@pytest.fixture
def jazz(alice: Any) -> list[Track]:
    add_track(alice, "Not it", genres=["Rock"])
    add_track(alice, "Hidden", visibility="private")
    return [add_track(alice, title) for title in ("Armando", "Blue", "Corner")]


def test_the_form_makes_one_and_it_fills_itself(as_bob: Client, bob: Any, alice: Any, jazz: list[Track]) -> None:
    saved = as_bob.post("/playlists/smart/new/", FORM | {"do": "save", "owner": "1", "rules": "[]"})
    smart = SmartPlaylist.objects.get()
    assert saved["Location"] == smart.get_absolute_url()
    assert (smart.owner, smart.rules) == (bob, FULL)
    assert titles(as_bob, smart) == ["Armando", "Blue", "Corner"]
    add_track(alice, "Dusk")
    assert titles(as_bob, smart) == ["Armando", "Blue", "Corner", "Dusk"]
    assert "Genre is Jazz" in as_bob.get(smart.get_absolute_url()).content.decode()
    assert smart.get_absolute_url() in as_bob.get("/playlists/").content.decode()


def test_rules_and_groups_are_added_and_removed_without_a_script_and_nothing_is_lost(as_bob: Client) -> None:
    def pressed(button: str, **typed: str) -> Any:
        answer = as_bob.post("/playlists/smart/new/", FORM | typed | {"do": button})
        assert answer.status_code == 422
        assert 'value="Mine"' in answer.content.decode()
        return answer.context["document"]["rules"]

    new = {"field": "genre", "operator": "is", "value": ""}
    old = {"field": "genre", "operator": "is", "value": "Jazz"}
    inner = {
        "r.1.match": "any",
        "r.1.0.field": "year",
        "r.1.0.operator": "between",
        "r.1.0.value": "19",
        "r.1.0.to": "x",
    }
    nested = {"match": "any", "rules": [{"field": "year", "operator": "between", "value": ["19", "x"]}]}
    assert pressed("add:r") == [old, new]
    assert pressed("group:r") == [old, {"match": "any", "rules": [new]}]
    assert pressed("add:r.1", **inner) == [old, {**nested, "rules": [*nested["rules"], new]}]
    assert pressed("group:r.1", **inner) == [
        old,
        {**nested, "rules": [*nested["rules"], {"match": "any", "rules": [new]}]},
    ]
    assert pressed("remove:r.0", **inner) == [nested]
    assert pressed("remove:r.1.0", **inner) == [old, {"match": "any", "rules": []}]
    assert pressed("remove:r.7", **inner) == pressed("add:r.0", **inner) == pressed("dance", **inner) == [old, nested]
    assert not SmartPlaylist.objects.exists()


def test_another_field_shows_its_own_operators_and_values(as_bob: Client) -> None:
    typed = FORM | {"r.0.field": "format", "r.0.operator": "contains", "do": "redraw:r.0.field"}
    page = as_bob.post("/playlists/smart/new/", typed).content.decode()
    assert '<option value="mp3">' in page and '<option value="starts_with"' not in page


def test_what_is_wrong_is_said_beside_it_and_all_that_was_typed_is_there(as_bob: Client) -> None:
    wrong = FORM | {"r.1.field": "year", "r.1.operator": "more_than", "r.1.value": "late <b>", "limit": "9999"}
    answer = as_bob.post("/playlists/smart/new/", wrong | {"do": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="r.1-error"' in page and 'value="late &lt;b&gt;"' in page and 'value="9999"' in page
    assert 'name="r.1.value" aria-invalid="true"' in page and 'name="r.0.value" aria-invalid' not in page
    assert 'id="limit-error"' in page and 'value="Jazz"' in page and "<b>" not in page
    assert as_bob.post("/playlists/smart/new/", FORM | {"name": "", "do": "save"}).status_code == 422
    assert not SmartPlaylist.objects.exists()


def test_the_preview_counts_while_one_types(as_bob: Client, jazz: list[Track]) -> None:
    answer = as_bob.post("/playlists/smart/preview/", FORM)
    assert answer.status_code == 200 and "3 tracks match." in answer.content.decode()
    assert [row.title for row in answer.context["preview"]] == ["Armando", "Blue", "Corner"]
    assert (
        "the playlist has 2 of them" in as_bob.post("/playlists/smart/preview/", FORM | {"limit": "2"}).content.decode()
    )
    unfinished = as_bob.post("/playlists/smart/preview/", FORM | {"r.0.value": ""})
    assert unfinished.status_code == 422 and "Finish the rules" in unfinished.content.decode()
    assert as_bob.post("/playlists/smart/preview/", {}).status_code == 422
    assert "3 tracks match." in as_bob.post("/playlists/smart/new/", FORM | {"do": "preview"}).content.decode()


def test_a_refused_form_is_drawn_no_larger_than_one_that_could_be_saved(as_bob: Client) -> None:
    many = {f"r.{place}.{rule}.{part}": "x" for place in range(100) for rule in range(3) for part in ("field", "value")}
    answer = as_bob.post("/playlists/smart/new/", FORM | many | {"do": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422 and f"Use at most {MOST_RULES} rules." in page
    drawn = len(set(re.findall(r'name="r[.0-9]*\.(?:field|match)"', page)))
    assert MOST_RULES <= drawn <= MOST_RULES + 5
    assert not SmartPlaylist.objects.exists()


def test_others_see_only_public_ones_filled_with_what_is_theirs(
    as_bob: Client, bob: Any, alice: Any, as_alice: Client, jazz: list[Track]
) -> None:
    starred = [{"field": "starred", "operator": "is", "value": True}]
    private, public = make(alice, rules=starred), make(alice, "public", rules=starred)
    Star.objects.create(user=alice, track=jazz[0])
    Star.objects.create(user=bob, track=jazz[1])
    assert (titles(as_alice, public), titles(as_bob, public)) == (["Armando"], ["Blue"])
    for address in ("", "edit/", "export.json"):
        assert as_bob.get(f"{private.get_absolute_url()}{address}").status_code == 404
    for smart in (private, public):
        assert as_bob.post(f"{smart.get_absolute_url()}edit/", FORM | {"do": "save"}).status_code == 404
        assert as_bob.post(f"{smart.get_absolute_url()}delete/").status_code == 404
    assert SmartPlaylist.objects.count() == 2 and SmartPlaylist.objects.get(pk=public.pk).name == "Mine"
    assert as_bob.get(f"/playlists/smart/{2**70}/").status_code == 404


def test_one_for_followers_is_there_for_who_was_let_in(as_bob: Client, bob: Any, alice: Any) -> None:
    smart = make(alice, "followers")
    asked = Follow.objects.create(follower=bob, followed=alice)
    for let_in in (False, True):
        if let_in:
            Follow.objects.filter(pk=asked.pk).update(approved_at=timezone.now())
        assert ("Mine" in as_bob.get("/playlists/smart/").content.decode()) == let_in
        assert (as_bob.get(smart.get_absolute_url()).status_code == 200) == let_in
        assert (as_bob.post(f"{smart.get_absolute_url()}more/").status_code == 200) == let_in


def test_a_link_opens_only_while_the_rules_are_for_whoever_has_it(
    as_alice: Client, alice: Any, as_bob: Client, client: Client, jazz: list[Track]
) -> None:
    smart = make(alice, "link")
    path = f"/playlists/smart/shared/{smart.secret}/"
    assert path in as_alice.get(f"{smart.get_absolute_url()}edit/").content.decode()
    assert as_bob.get(smart.get_absolute_url()).status_code == 404
    page = as_bob.get(path)
    assert [row.title for row in page.context["tracks"]] == ["Armando", "Blue", "Corner"]
    assert "export.json" not in page.content.decode()
    found = as_bob.post(f"{path}more/").json()
    assert (len(found["tracks"]), found["sourceHref"]) == (3, path)
    assert client.get(path).status_code == 302
    assert as_alice.post(f"{smart.get_absolute_url()}new-link/").status_code == 302
    for address in (path, "/playlists/smart/shared/%00/"):
        assert as_bob.get(address).status_code == 404
    smart.refresh_from_db()
    assert as_bob.get(f"/playlists/smart/shared/{smart.secret}/").status_code == 200
    for visibility in ("private", "followers", "public"):
        SmartPlaylist.objects.update(visibility=visibility)
        assert as_bob.get(f"/playlists/smart/shared/{smart.secret}/").status_code == 404


@pytest.mark.parametrize("lost", ["blocked", "deactivated"])
def test_public_ones_of_blockers_and_of_who_is_gone_are_not_there(
    lost: str, as_bob: Client, bob: Any, alice: Any
) -> None:
    smart = make(alice, "public")
    assert "Mine" in as_bob.get("/playlists/smart/").content.decode()
    if lost == "blocked":
        Block.objects.create(blocker=alice, blocked=bob)
    else:
        CustomUser.objects.filter(pk=alice.pk).update(is_active=False)
    assert "Mine" not in as_bob.get("/playlists/smart/").content.decode()
    for address in ("", "export.json"):
        assert as_bob.get(f"{smart.get_absolute_url()}{address}").status_code == 404


def test_rules_are_changed_and_the_playlist_deleted(as_bob: Client, bob: Any, jazz: list[Track]) -> None:
    smart = make(bob)
    assert 'value="Jazz"' in as_bob.get(f"{smart.get_absolute_url()}edit/").content.decode()
    as_bob.post(f"{smart.get_absolute_url()}edit/", FORM | {"r.0.value": "Rock", "do": "save"})
    assert titles(as_bob, smart) == ["Not it"]
    assert as_bob.get(f"{smart.get_absolute_url()}delete/").status_code == 405
    as_bob.post(f"{smart.get_absolute_url()}delete/")
    assert not SmartPlaylist.objects.exists() and Track.objects.count() == 5
    assert as_bob.post(f"{smart.get_absolute_url()}delete/").status_code == 404


def test_a_playlist_in_the_rules_that_is_not_ones_own_stays_there(as_bob: Client, bob: Any, alice: Any) -> None:
    playlist_of(bob, name="Own")
    for theirs, said in (
        (playlist_of(alice, name="Hers", visibility="public").pk, "Hers"),
        (999, "one that you do not"),
    ):
        smart = make(bob, rules=[{"field": "playlist", "operator": "in", "value": theirs}])
        page = as_bob.get(f"{smart.get_absolute_url()}edit/")
        assert [value for value, _name in page.context["playlists"]].count(str(theirs)) == 1
        selected = re.findall(r'<option value="(\d+)" selected>([^<]*)', page.content.decode())
        assert [value for value, _name in selected] == [str(theirs)] and said in selected[0][1]
        typed = FORM | {"r.0.field": "playlist", "r.0.operator": "in", "r.0.value": selected[0][0], "do": "save"}
        as_bob.post(f"{smart.get_absolute_url()}edit/", typed | {"name": "Renamed"})
        smart.refresh_from_db()
        assert (smart.name, smart.rules["rules"][0]["value"]) == ("Renamed", theirs)


def test_groups_within_groups_are_told_as_groups(as_bob: Client, bob: Any) -> None:
    def genre(name: str) -> dict[str, str]:
        return {"field": "genre", "operator": "is", "value": name}

    inner = {"match": "all", "rules": [genre("Pop"), genre("Folk")]}
    smart = make(bob, rules=[genre("Jazz"), {"match": "any", "rules": [genre("Rock"), inner]}, genre("Soul")])
    page = as_bob.get(smart.get_absolute_url()).content.decode()
    told = re.findall(r"<ul|</ul>|(?:all|any) of these rules|Genre is \w+", page)
    start = told.index("all of these rules")
    assert told[start : told.index("Genre is Soul") + 2] == [
        *("all of these rules", "<ul", "Genre is Jazz", "any of these rules", "<ul", "Genre is Rock"),
        *("all of these rules", "<ul", "Genre is Pop", "Genre is Folk", "</ul>", "</ul>", "Genre is Soul", "</ul>"),
    ]


def test_a_deleted_one_comes_back_by_undo_and_to_nobody_else(as_bob: Client, bob: Any, as_alice: Client) -> None:
    smart = make(bob, "public")
    response = as_bob.post(f"{smart.get_absolute_url()}delete/")
    for client in (as_bob, as_alice):
        assert client.get(smart.get_absolute_url()).status_code == 404
        assert f'href="{smart.get_absolute_url()}"' not in client.get("/playlists/smart/").content.decode()
    [message] = get_messages(response.wsgi_request)
    undo = message.extra_tags.removeprefix("undo-at ")
    assert as_alice.post(undo).status_code == 404
    assert as_bob.post(undo).url == smart.get_absolute_url()
    assert as_alice.get(smart.get_absolute_url()).status_code == 200
    SmartPlaylist.objects.update(deleted_at=timezone.now() - timedelta(days=2))
    assert as_bob.post(undo).status_code == 404
    purge()
    assert not SmartPlaylist.with_deleted.exists()


def test_exported_rules_come_in_again(as_bob: Client, bob: Any, as_alice: Client, alice: Any) -> None:
    smart = make(alice, "public")
    answer = as_bob.get(f"{smart.get_absolute_url()}export.json")
    assert answer["Content-Disposition"] == 'attachment; filename="mine.json"'
    assert json.loads(answer.content) == {"name": "Mine", **FULL}
    as_bob.post("/playlists/smart/import/", {"file": io.BytesIO(answer.content)})
    copy = SmartPlaylist.objects.get(owner=bob)
    assert (copy.name, copy.visibility, copy.rules) == ("Mine", "private", FULL)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"[" * 3000, b'{"rules": [{"field": "password"}]}', b"x" * 70_000]
)
def test_what_is_no_smart_playlist_is_refused_with_a_sentence(as_bob: Client, content: bytes) -> None:
    answer = as_bob.post("/playlists/smart/import/", {"file": io.BytesIO(content)})
    assert answer.status_code == 422 and "errorlist" in answer.content.decode()
    assert not SmartPlaylist.objects.exists()


def test_a_long_one_has_pages_and_more_tracks_take_no_more_questions(as_bob: Client, bob: Any, alice: Any) -> None:
    smart = make(bob, limit=1000)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            as_bob.get(smart.get_absolute_url())
        return len(asked)

    for number in range(3):
        add_track(alice, f"T {number:03}")
    as_bob.get(smart.get_absolute_url())
    few = questions()
    for number in range(3, 120):
        add_track(alice, f"T {number:03}")
    assert questions() == few
    first = as_bob.get(smart.get_absolute_url())
    assert (len(first.context["tracks"]), first.context["total"]) == (100, 120)
    second = as_bob.get(smart.get_absolute_url() + "?after=" + first.context["page"].next_cursor)
    assert [row.title for row in second.context["tracks"]] == [f"T {number:03}" for number in range(100, 120)]
    assert as_bob.get(smart.get_absolute_url() + "?after=x").context["is_first_page"]


def test_smart_playlists_go_with_the_account(bob: Any) -> None:
    make(bob)
    delete_account(bob)
    assert not SmartPlaylist.objects.exists()


def test_all_that_rules_find_is_played(alice: Any, as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    titles = [add_track(alice, f"T{number:03}").title for number in range(120)]
    smart = make(alice, rules=EVERYTHING, limit=1000)
    shuffle = f'data-start-radio="/playlists/smart/{smart.pk}/more/?shuffled"'
    assert shuffle in as_alice.get(smart.get_absolute_url()).content.decode()

    assert played(as_alice, f"/playlists/smart/{smart.pk}/more/") == titles
    assert played(as_alice, f"/playlists/smart/{smart.pk}/more/?after=100") == titles[100:]
    shuffled = played(as_alice, f"/playlists/smart/{smart.pk}/more/?shuffled")
    assert sorted(shuffled) == titles != shuffled
    monkeypatch.setattr("music.whole.MOST_QUEUED", 70)
    answer = as_alice.post(f"/playlists/smart/{smart.pk}/more/?queue").json()
    assert [track["title"] for track in answer["tracks"]] == titles[:70]
    assert "queue" not in answer["href"]


@pytest.mark.parametrize("body", ["", "[]", '{"had": [[]]}', '{"had": 1}', "{"])
def test_a_player_that_says_nothing_sensible_has_had_nothing(alice: Any, as_alice: Client, body: str) -> None:
    add_track(alice, "One")
    smart = make(alice, rules=EVERYTHING)
    answer = as_alice.post(f"/playlists/smart/{smart.pk}/more/", body, content_type="application/json").json()
    assert [track["title"] for track in answer["tracks"]] == ["One"]
