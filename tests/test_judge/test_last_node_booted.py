"""Who is up has booted since a server went, in no incident: he takes it for one that people have stopped."""

from __future__ import annotations

from math import inf

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.last_node import LastNode


def told(line: str) -> Event:
    """`120 room server.crashed control1 cause=power`; of the room it is a fact."""
    t_s, by, name, subject, *details = line.split()
    source = Source.FACT if by == "room" else Source.SEEN
    return Event(float(t_s), name, subject, by, source, dict(d.split("=") for d in details))


WENT = "300 room server.crashed rack2 cause=power"
LEFT = ("100 room server.halted control1", "200 room server.halted control2")
UP = "900 room server.up control2"
BACK = "950 room ups.output_on ups6 cause=return"
OPENED = "{} control2 incident.opened reference cause=ssccluster epoch=2"
CLOSED = "{} control2 incident.closed reference"


@pytest.mark.parametrize(
    ("lines", "unknown"),
    [
        ((*LEFT, WENT, UP), True),
        ((*LEFT, WENT, UP, OPENED.format(910), CLOSED.format(990)), True),
        ((*LEFT, WENT, UP, OPENED.format(910)), True),
        ((OPENED.format(50), *LEFT, WENT, UP, CLOSED.format(990)), False),  # it went in that
        (
            (OPENED.format(40), CLOSED.format(50), *LEFT, WENT, UP, OPENED.format(910), CLOSED.format(990)),
            True,
        ),
        ((LEFT[0], WENT, OPENED.format(310), CLOSED.format(990)), False),  # control2 was up all the time
        ((LEFT[0], WENT, "400 room server.halted control2", UP), True),  # it went, and came, later
    ],
)
def test_s28_h7_a_server_that_went_in_no_incident_is_missed_by_nobody_who_has_booted_since(
    site: Site, lines: tuple[str, ...], unknown: bool
) -> None:
    """Also where nobody was at work as it went, and where he has opened an incident of his own since, to
    bring back the cluster (seeds 86517, 104077)."""
    last = LastNode([told(line) for line in (*lines, BACK)], site)
    assert last.nobody_wakes("rack2", 0.0, inf, 1000.0) is unknown
