import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listening.columns import Columns, packed, packed_by_name, part_of

ids = st.integers(-(2**63), 2**63 - 1)
amounts = st.tuples(st.integers(0, 2**40), st.integers(0, 2**62))


@settings(deadline=None)  # numpy is loaded by the first one
@given(st.dictionaries(ids, amounts))
def test_what_is_kept_is_what_was_summed_up(sums):
    assert dict(Columns([part_of(packed(sums))])) == sums
    assert dict(Columns([part_of(memoryview(packed(sums)))])) == sums


def test_bytes_mean_the_same_on_every_machine(monkeypatch):
    kept = packed({7: (1, 2)})
    assert kept == bytes([7, *[0] * 7, 1, *[0] * 7, 2, *[0] * 7])
    monkeypatch.setattr("sys.byteorder", "big")
    assert packed({7: (1, 2)}) == bytes([*[0] * 7, 7, *[0] * 7, 1, *[0] * 7, 2])


@pytest.mark.parametrize("keys", [(1, 2, 3), ("jazz", "rock", "pop")])
def test_parts_are_added_up_and_read_only_when_somebody_asks(keys):
    asked = []

    def parts():
        asked.append(True)
        yield packed_by_name({keys[0]: (1, 10), keys[1]: (2, 20)})
        yield packed_by_name({keys[1]: (3, 30), keys[2]: (0, 5)})

    columns = Columns(parts())
    assert not asked
    assert columns == {keys[0]: (1, 10), keys[1]: (5, 50), keys[2]: (0, 5)}
    assert columns.listens == {keys[0]: 1, keys[1]: 5, keys[2]: 0}
    assert columns.played_ms == {keys[0]: 10, keys[1]: 50, keys[2]: 5}
    assert asked == [True]


def test_no_parts_and_empty_ones_add_up_to_nothing():
    nothing = part_of(packed({}))
    assert dict(Columns([])) == dict(Columns([nothing])) == dict(Columns([nothing, nothing])) == {}
    assert dict(Columns([nothing, part_of(packed({7: (1, 2)}))])) == {7: (1, 2)}
    assert dict(Columns([packed_by_name({}), packed_by_name({"jazz": (1, 2)})])) == {"jazz": (1, 2)}


def parts_with(keys):
    return st.lists(st.dictionaries(keys, st.tuples(st.integers(0, 9), st.integers(0, 2**50))))


@settings(deadline=None)
@given(parts_with(st.integers(0, 9)) | parts_with(st.integers(-5, 5)) | parts_with(ids))
def test_many_parts_are_added_up_as_one_would_by_hand(parts):
    by_hand = {}
    for part in parts:
        for key, (listens, played_ms) in part.items():
            before = by_hand.get(key, (0, 0))
            by_hand[key] = before[0] + listens, before[1] + played_ms
    assert dict(Columns([part_of(packed(part)) for part in parts])) == by_hand
    named = [{f"genre-{key}": sums for key, sums in part.items()} for part in parts]
    assert dict(Columns([packed_by_name(part) for part in named])) == {
        f"genre-{key}": sums for key, sums in by_hand.items()
    }
