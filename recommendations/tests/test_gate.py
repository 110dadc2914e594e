from recommendations.gate import is_no_worse


def test_better_and_equal_may_serve():
    assert is_no_worse([0.5, 0.6], [0.4, 0.6])
    assert is_no_worse([0.5, 0.6], [0.5, 0.6])
    assert is_no_worse([], [])


def test_worse_for_everybody_may_not():
    assert not is_no_worse([0.3] * 50, [0.4] * 50)
    assert not is_no_worse([0.0], [0.4])


def test_worse_for_a_few_and_better_for_a_few_is_chance():
    assert is_no_worse([0.5, 0.2, 0.4, 0.1], [0.2, 0.5, 0.1, 0.45])
