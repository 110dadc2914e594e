"""Who may hear and who may change a track, by its state and visibility."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from music.access import track_to_edit, track_to_hear, tracks_to_edit
from music.tests.catalogue import add_track

# State and visibility -> who hears it, who changes it. Alice brought it in; charlie stands for everybody else.
TABLE = {
    ("published", "public"): ({"alice", "charlie", "staff"}, {"alice", "staff"}),
    ("published", "private"): ({"alice"}, {"alice"}),
    ("review", "public"): ({"alice"}, {"alice"}),
    ("review", "private"): ({"alice"}, {"alice"}),
    ("trashed", "public"): ({"alice"}, {"alice", "staff"}),
    ("trashed", "private"): ({"alice"}, {"alice"}),
    ("missing", "public"): (set(), {"alice"}),
}


def allowed(rule: Any, users: list[Any], pk: int) -> set[str]:
    names = set()
    for user in users:
        try:
            assert rule(user, pk).pk == pk
            names.add(user.get_username())
        except Http404:
            continue
    return names


@pytest.mark.parametrize(("state", "visibility"), TABLE)
def test_each_gets_what_the_table_says(alice: Any, charlie: Any, staff: Any, state: str, visibility: str) -> None:
    track = add_track(alice, state=state, visibility=visibility)
    users = [alice, charlie, staff, AnonymousUser()]

    hear, change = TABLE[state, visibility]

    assert allowed(track_to_hear, users, track.pk) == hear
    assert allowed(track_to_edit, users, track.pk) == change
    for user in users:
        assert tracks_to_edit(user, [track.pk]).exists() == (user.get_username() in change)


def test_a_track_whose_uploader_is_gone_belongs_to_nobody_who_has_not_signed_in(staff: Any) -> None:
    track = add_track(None)
    assert allowed(track_to_edit, [AnonymousUser(), staff], track.pk) == {"staff"}
