"""Adding, removing, moving, sorting."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from music.tests.catalogue import add_track
from playlists import editing
from playlists.editing import add_tracks, move_item, put_back, remove_items, sort_items, step_item
from playlists.forms import PlaylistForm
from playlists.keeping import delete
from playlists.models import Playlist, PlaylistItem


@pytest.fixture
def playlist(alice: Any) -> Playlist:
    return Playlist.objects.create(owner=alice, name="Evening")


def titles(playlist: Playlist) -> list[str]:
    return list(playlist.items.order_by("position").values_list("track_title", flat=True))


def filled(playlist: Playlist, *names: str) -> list[int]:
    tracks = [add_track(playlist.owner, name) for name in names]
    return add_tracks(playlist, [track.pk for track in tracks], playlist.owner)


def assert_sums_are_right(playlist: Playlist) -> None:
    playlist.refresh_from_db()
    items = list(playlist.items.all())
    assert playlist.track_count == len(items)
    assert playlist.duration_ms == sum(item.duration_ms for item in items)


def test_tracks_come_in_the_order_given_and_the_same_twice_if_one_says_so(playlist: Playlist, alice: Any) -> None:
    one, two = add_track(alice, "One"), add_track(alice, "Two", duration_ms=90_000)
    add_tracks(playlist, [two.pk, one.pk, two.pk], alice)
    assert titles(playlist) == ["Two", "One", "Two"]
    assert_sums_are_right(playlist)
    assert (playlist.track_count, playlist.duration_seconds) == (3, 240)


def test_what_one_may_not_hear_one_cannot_add(playlist: Playlist, bob: Any, alice: Any) -> None:
    hidden, trashed = add_track(bob, visibility="private"), add_track(alice, state="trashed")
    assert add_tracks(playlist, [hidden.pk, trashed.pk, 2**40], alice) == []
    assert_sums_are_right(playlist)


def test_a_full_playlist_takes_no_more(playlist: Playlist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "MOST_ITEMS", 2)
    filled(playlist, "One")
    with pytest.raises(editing.PlaylistFullError):
        filled(playlist, "Two", "Three")
    assert titles(playlist) == ["One"]


def test_what_was_removed_comes_back_where_it_was(playlist: Playlist, alice: Any) -> None:
    one, two, three, four = filled(playlist, "One", "Two", "Three", "Four")
    removed = remove_items(playlist, [two, three], alice)
    assert titles(playlist) == ["One", "Four"]
    assert_sums_are_right(playlist)

    move_item(playlist, four, after=one)
    sort_items(playlist, "added")
    assert put_back(playlist, removed, alice) == 2
    assert titles(playlist) == ["One", "Two", "Three", "Four"]
    assert_sums_are_right(playlist)
    assert put_back(playlist, removed, alice) == 0
    assert_sums_are_right(playlist)


def test_one_puts_back_only_what_one_sees_and_what_there_is_room_for(
    playlist: Playlist, alice: Any, bob: Any, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    [hidden] = add_tracks(playlist, [add_track(alice, "Private", visibility="private").pk], alice)
    [shown] = filled(playlist, "One")
    remove_items(playlist, [hidden, shown], alice)
    assert put_back(playlist, [hidden, shown], bob) == 1
    assert titles(playlist) == ["One"]
    monkeypatch.setattr(editing, "MOST_ITEMS", 1)
    answer = as_alice.post(f"/playlists/{playlist.pk}/items/put-back/?item={hidden}", follow=True)
    assert "there is no room" in answer.content.decode()
    assert titles(playlist) == ["One"]
    assert_sums_are_right(playlist)


def test_a_new_description_leaves_what_happened_meanwhile(playlist: Playlist) -> None:
    said = {"name": "Night", "description": "Late", "visibility": "public"}
    form = PlaylistForm(said, instance=Playlist.objects.get(pk=playlist.pk))
    assert form.is_valid()
    filled(playlist, "One")
    Playlist.objects.filter(pk=playlist.pk).update(secret="renewed")
    form.save()
    assert_sums_are_right(playlist)
    assert (playlist.name, playlist.description, playlist.visibility) == ("Night", "Late", "public")
    assert playlist.secret == "renewed"

    form = PlaylistForm(said, instance=Playlist.objects.get(pk=playlist.pk))
    assert form.is_valid()
    delete(playlist)
    form.save()
    assert not Playlist.objects.exists()


def test_a_move_writes_one_row(playlist: Playlist) -> None:
    one, two, three, four = filled(playlist, "One", "Two", "Three", "Four")
    before = dict(playlist.items.values_list("pk", "position"))
    assert move_item(playlist, four, after=one)
    assert titles(playlist) == ["One", "Four", "Two", "Three"]
    after = dict(playlist.items.values_list("pk", "position"))
    assert {pk for pk in before if before[pk] != after[pk]} == {four}
    assert move_item(playlist, three)
    assert move_item(playlist, one, before=two)
    assert titles(playlist) == ["Three", "Four", "One", "Two"]


def test_one_may_move_beside_what_another_has_just_removed(playlist: Playlist, alice: Any) -> None:
    one, two, three = filled(playlist, "One", "Two", "Three")
    remove_items(playlist, [one], alice)
    assert move_item(playlist, three, after=one)
    assert titles(playlist) == ["Three", "Two"]
    assert not move_item(playlist, one, after=two)
    assert not move_item(playlist, two, after=10**9)
    assert not move_item(playlist, two, after=two)
    assert titles(playlist) == ["Three", "Two"]


def test_a_step_passes_over_what_one_does_not_see(playlist: Playlist, alice: Any, bob: Any) -> None:
    filled(playlist, "One")
    add_tracks(playlist, [add_track(bob, "Bob's own", visibility="private").pk], bob)
    [two] = filled(playlist, "Two")
    assert step_item(playlist, two, alice, down=False)
    assert titles(playlist) == ["Two", "One", "Bob's own"]
    assert not step_item(playlist, two, alice, down=False)


def test_thousands_of_moves_to_one_place_keep_their_order(playlist: Playlist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "LONGEST_POSITION", 12)
    first, *others = filled(playlist, *(f"T{number}" for number in range(8)))
    for turn in range(150):
        assert move_item(playlist, others[turn % 7], after=first)
    assert titles(playlist) == ["T0", "T3", "T2", "T1", "T7", "T6", "T5", "T4"]
    assert max(map(len, playlist.items.values_list("position", flat=True))) <= 12


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("title", "Alpha Beta Gamma"),
        ("artist", "Gamma Beta Alpha"),
        ("album", "Beta Alpha Gamma"),
        ("added", "Gamma Alpha Beta"),
    ],
)
def test_a_playlist_is_sorted_once(playlist: Playlist, alice: Any, by: str, order: str) -> None:
    gamma = add_track(alice, "Gamma", artist="A")
    alpha = add_track(alice, "Alpha", artist="C", album="Two")
    beta = add_track(alice, "Beta", artist="B", album="One")
    for track in (gamma, alpha, beta):
        [item] = add_tracks(playlist, [track.pk], alice)
    move_item(playlist, item)
    sort_items(playlist, by)
    assert titles(playlist) == order.split()


def test_a_deleted_track_stays_by_its_name_and_counts_on(playlist: Playlist, alice: Any) -> None:
    filled(playlist, "One", "Two")
    playlist.items.order_by("position")[0].track.delete()
    assert titles(playlist) == ["One", "Two"]
    assert playlist.items.get(track_title="One").track_id is None
    assert_sums_are_right(playlist)


def test_positions_sort_by_their_bytes(playlist: Playlist) -> None:
    items = filled(playlist, "One", "Two", "Three")
    for item, position in zip(items, ("a0", "Zz", "a0V"), strict=True):
        PlaylistItem.objects.filter(pk=item).update(position=position)
    assert titles(playlist) == ["Two", "One", "Three"], connection.vendor
