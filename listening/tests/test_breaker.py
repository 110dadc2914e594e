import pytest

from listening.breaker import Breaker
from listening.errors import StoreAway, StoreTooSlow, UnknownEvent


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def fail(breaker, error=StoreAway):
    with pytest.raises(error), breaker.guard():
        raise error


def test_after_a_failure_nobody_is_let_through_until_it_has_rested():
    clock = Clock()
    breaker = Breaker(3, clock)
    fail(breaker)
    with pytest.raises(StoreAway), breaker.guard():
        pytest.fail("it was asked")
    assert not breaker.lets_through
    clock.now += 3
    assert breaker.lets_through


def test_only_one_probes_and_its_success_lets_everybody_in():
    clock = Clock()
    breaker = Breaker(3, clock)
    fail(breaker)
    clock.now += 3
    with breaker.guard(), pytest.raises(StoreAway), breaker.guard():
        pytest.fail("a second one probed")
    with breaker.guard(), breaker.guard():
        pass


def test_a_failed_probe_makes_it_rest_again():
    clock = Clock()
    breaker = Breaker(3, clock)
    fail(breaker)
    clock.now += 3
    fail(breaker)
    assert not breaker.lets_through
    clock.now += 3
    assert breaker.lets_through


@pytest.mark.parametrize("answer", [UnknownEvent, StoreTooSlow])
def test_a_refusal_or_a_slow_question_is_an_answer_of_somebody_there(answer):
    breaker = Breaker(3, Clock())
    fail(breaker, answer)
    assert breaker.lets_through
