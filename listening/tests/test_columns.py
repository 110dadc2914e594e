import pytest
from hypothesis import given
from hypothesis import strategies as st

from listening.columns import Columns, Part, packed, packed_by_name, part_of

ids = st.integers(-(2**63), 2**63 - 1)
amounts = st.tuples(st.integers(0, 2**40), st.integers(0, 2**62))


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
        yield Part(*packed_by_name({keys[0]: (1, 10), keys[1]: (2, 20)}))
        yield Part(*packed_by_name({keys[1]: (3, 30), keys[2]: (0, 5)}))

    columns = Columns(parts())
    assert not asked
    assert columns == {keys[0]: (1, 10), keys[1]: (5, 50), keys[2]: (0, 5)}
    assert columns.played_ms_of([keys[1]]) == {keys[1]: 50}
    assert asked == [True]
