"""What a hand on a button excuses: only what nobody could have called back (S16)."""

from __future__ import annotations

import pytest

from sequencer.events import Event, Source
from sim.story import Booted
from teiden.explore.people import unexcused
from teiden.judge.invariants.invariant import Breach
from tests.worlds import reference_site

TOLD = Event(1000.0, "command.sent", "ups4", "control1", Source.SEEN, {"command": "off"})


@pytest.mark.parametrize(("rule", "subject"), [("S1", "rack1"), ("S2", "linkeddisk")])
def test_who_boots_after_the_off_was_told_is_excused_and_before_it_a_look_would_have_told(
    rule: str, subject: str
) -> None:
    breach = Breach(rule, 1180.0, subject, "", (TOLD,))
    site = reference_site()

    assert list(unexcused([breach], [Booted(1000.0, "rack1")], site)) == []
    assert list(unexcused([breach], [Booted(999.0, "rack1")], site)) == [breach]
    assert list(unexcused([breach], [Booted(1200.0, "rack1")], site)) == [breach]
    untold = Breach(rule, 1180.0, subject, "")
    assert list(unexcused([untold], [Booted(1000.0, "rack1")], site)) == [untold]
