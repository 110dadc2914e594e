from listening.listen import Identity
from listening.store import ListenStore
from listening.tests.cast import ALICE, BOB, begun

MBID = "c8cdd7fb-ac1d-4f6b-9b8a-4b4f3b7a8f6e"


def test_of_many_names_and_ids_the_store_tells_which_somebody_heard(store: ListenStore) -> None:
    store.add_all(
        [
            begun(ALICE, 1, track_id=-5),
            begun(BOB, 2, track_id=-6, recording_mbid=MBID),
            begun(BOB, 3, track_id=-7, isrc="SEAYD7401010"),
            begun(ALICE, 4, track_id=8, isrc="SEAYD7401010", recording_mbid=MBID),
        ]
    )
    assert store.unmatched_among({-5, -9, 8}, set(), set()) == {(-5, "", "")}
    assert store.unmatched_among(set(), {MBID, "x"}, {"SEAYD7401010"}) == {(-6, MBID, ""), (-7, "", "SEAYD7401010")}
    assert store.unmatched_among(set(), {""}, {""}) == set()


def test_what_has_been_joined_is_not_looked_for_any_more(store: ListenStore) -> None:
    store.add_all([begun(ALICE, 1, track_id=-5, recording_mbid=MBID)])
    assert store.has_unmatched()
    store.join(-5, Identity(3, "Found", 10, "An Artist"))
    assert not store.has_unmatched()
    assert store.unmatched_among({-5, 3}, {MBID}, set()) == set()
