"""The tables of benchmarks.listens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.clock import Wait
from benchmarks.listens import CLIENTS
from benchmarks.listens_stores import REFERENCE
from benchmarks.listens_web import KINDS
from benchmarks.nothing import NOTHING
from benchmarks.posting import Spent


@dataclass(frozen=True)
class Measured:
    """One store."""

    name: str
    questions_ms: Mapping[str, float]
    events_a_second: Mapping[str, float]
    spent: Mapping[str, Spent]
    pages: Mapping[str, Wait]
    seconds_to_forget: Mapping[str, float]


def stores(measured: Sequence[Measured]) -> None:
    """Each beside its own cheapest question."""
    print("\n" + f"{'':36}" + "".join(f"{each.name:>16}{'x by key':>10}" for each in measured))
    for name in measured[0].questions_ms:
        print(f"{name:36}" + "".join(_question(each, name) for each in measured))
    for name in measured[0].events_a_second:
        cells = (f"{each.events_a_second[name]:14,.0f}/s{_ms_each(each, name):10.1f}" for each in measured)
        print(f"{name:36}" + "".join(cells))
    for name in measured[0].seconds_to_forget:
        cells = (f"{each.seconds_to_forget[name]:14,.1f} s{'':10}" for each in measured)
        print(f"{name:36}" + "".join(cells))


def _question(measured: Measured, name: str) -> str:
    ms = measured.questions_ms[name]
    return f"{ms:13,.2f} ms{ms / measured.questions_ms[REFERENCE]:10.1f}"


def _ms_each(measured: Measured, name: str) -> float:
    """What an event takes, in the store's cheapest questions."""
    return 1000 / measured.events_a_second[name] / measured.questions_ms[REFERENCE]


def events(measured: Sequence[Measured]) -> None:
    for each in measured:
        all_events = Spent()
        for kind in KINDS:
            all_events.add(each.spent[kind])
        title = f"{each.name}, real server, {CLIENTS} clients"
        print(f"\n{title:36}{'a second':>10}{'x nothing':>11}{'CPU ms':>10}{'x nothing':>11}")
        for name, spent in [*each.spent.items(), ("start, progress and complete", all_events)]:
            _event_row(name, spent, each.spent[NOTHING])


def _event_row(name: str, spent: Spent, nothing: Spent) -> None:
    rate, reference = (one.requests / one.seconds for one in (spent, nothing))
    cpu_ms, reference_ms = (one.server_cpu_seconds / one.requests * 1000 for one in (spent, nothing))
    put_off = f"   {spent.put_off} of {spent.requests} put off" if spent.put_off else ""
    print(f"{name:36}{rate:10,.0f}{rate / reference:11.2f}{cpu_ms:10.2f}{cpu_ms / reference_ms:11.2f}{put_off}")


def pages(measured: Sequence[Measured]) -> None:
    for each in measured:
        nothing = each.pages[NOTHING]
        print(f"\n{each.name + ', pages':36}{'median ms':>10}{'worst ms':>10}{'CPU ms':>10}{'x nothing':>11}")
        for name, wait in each.pages.items():
            figures = f"{wait.median_ms:10.1f}{wait.worst_ms:10.1f}{wait.cpu_ms:10.1f}"
            print(f"{name:36}{figures}{wait.cpu_ms / nothing.cpu_ms:11.1f}")
