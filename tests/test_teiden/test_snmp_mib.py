"""The agent's tables by themselves: found by name and by order, written in two phases or not at all."""

from __future__ import annotations

import pytest

from teiden.emulator.snmp.faults import Faults
from teiden.emulator.snmp.mib import Mib
from teiden.emulator.snmp.objects import (
    Bound,
    Entry,
    Kind,
    Refusal,
    Refused,
    constant,
    dotted,
    one_of,
    within,
)

NAME, LEVEL, SWITCH, ROW = (1, 3, 1, 0), (1, 3, 2, 0), (1, 3, 10, 0), (1, 3, 3, 1)


class Thing:
    def __init__(self) -> None:
        self.level = 50
        self.pressed: list[int] = []
        self.row: int | None = None
        self.looks = 0

    def set_level(self, value: object) -> None:
        assert isinstance(value, int)
        self.level = value

    def press(self, value: object) -> None:
        assert isinstance(value, int)
        if value == 3:
            raise Refused(Refusal.GEN_ERR)
        self.pressed.append(value)

    def looked(self) -> None:
        self.looks += 1


@pytest.fixture
def thing() -> Thing:
    return Thing()


@pytest.fixture
def mib(thing: Thing) -> Mib:
    entries = {
        SWITCH: Entry(Kind.INTEGER, lambda: 1, thing.press, one_of(2, 3)),
        NAME: constant(Kind.STRING, "thing"),
        LEVEL: Entry(Kind.GAUGE, lambda: thing.level, thing.set_level, within(0, 100)),
        ROW: Entry(Kind.INTEGER, lambda: thing.row),
    }
    return Mib(entries, before=thing.looked)


def refusal(mib: Mib, *asked: Bound) -> tuple[Refusal, int]:
    with pytest.raises(Refused) as refused:
        mib.write(asked)
    return refused.value.refusal, refused.value.index


def test_an_object_is_found_by_its_whole_name_only(mib: Mib) -> None:
    assert mib.get(NAME) == Bound(NAME, Kind.STRING, "thing")
    assert mib.get(NAME[:-1]) is None
    assert mib.get((*NAME, 0)) is None


def test_the_next_one_is_the_next_by_number_not_by_text(mib: Mib, thing: Thing) -> None:
    thing.row = 7
    walked, last = [], (1,)
    while (found := mib.after(last)) is not None:
        walked.append(last := found.oid)
    assert walked == [NAME, LEVEL, ROW, SWITCH]


def test_a_row_that_is_not_there_is_stepped_over(mib: Mib, thing: Thing) -> None:
    assert mib.get(ROW) is None
    found = mib.after(LEVEL)
    assert found is not None
    assert found.oid == SWITCH


def test_what_is_written_is_read_back(mib: Mib, thing: Thing) -> None:
    mib.write([Bound(LEVEL, Kind.GAUGE, 70)])
    assert thing.level == 70
    assert mib.get(LEVEL) == Bound(LEVEL, Kind.GAUGE, 70)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Bound(NAME, Kind.STRING, "other"), Refusal.NOT_WRITABLE),
        (Bound((1, 4), Kind.INTEGER, 1), Refusal.NOT_WRITABLE),
        (Bound(LEVEL, Kind.INTEGER, 10), Refusal.WRONG_TYPE),
        (Bound(LEVEL, Kind.GAUGE, 101), Refusal.WRONG_VALUE),
        (Bound(SWITCH, Kind.INTEGER, 9), Refusal.WRONG_VALUE),
    ],
)
def test_one_bad_variable_refuses_the_whole_request_and_is_pointed_at(
    mib: Mib, thing: Thing, bad: Bound, why: Refusal
) -> None:
    good = Bound(LEVEL, Kind.GAUGE, 70)
    assert refusal(mib, good, bad, good) == (why, 1)
    assert thing.level == 50


def test_what_the_thing_itself_refuses_is_gen_err(mib: Mib, thing: Thing) -> None:
    assert refusal(mib, Bound(SWITCH, Kind.INTEGER, 3)) == (Refusal.GEN_ERR, 0)
    assert not thing.pressed


def test_a_fault_tells_something_else_or_nothing(mib: Mib) -> None:
    mib.faults.instead[LEVEL] = 0
    mib.faults.instead[NAME] = None
    assert mib.get(LEVEL) == Bound(LEVEL, Kind.GAUGE, 0)
    assert mib.get(NAME) is None
    assert mib.after((1,)) == Bound(LEVEL, Kind.GAUGE, 0)


def test_ignored_sets_are_checked_and_forgotten(thing: Thing) -> None:
    faults = Faults(set_ignored=True)
    mib = Mib({SWITCH: Entry(Kind.INTEGER, lambda: 1, thing.press, one_of(2))}, faults=faults)
    mib.write([Bound(SWITCH, Kind.INTEGER, 2)])
    assert refusal(mib, Bound(SWITCH, Kind.INTEGER, 5)) == (Refusal.WRONG_VALUE, 0)
    assert not thing.pressed


def test_refused_sets_are_refused_as_the_fault_says(mib: Mib, thing: Thing) -> None:
    mib.faults.set_refused = Refusal.NO_ACCESS
    assert refusal(mib, Bound(LEVEL, Kind.GAUGE, 70)) == (Refusal.NO_ACCESS, 0)
    assert thing.level == 50


def test_names_are_written_with_dots() -> None:
    assert dotted("1.3.6.10") == (1, 3, 6, 10)
