"""Two faults in one outage, each harmless alone: pairs of the proof that were broken once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from teiden.play import play
from teiden.proof.faults import Faulty
from teiden.proof.history import breaches

PAIRS = {
    "s1 who takes over when it is late forces at once whoever runs on power that counts down": (
        "booted_by_hand@rack2:amid:never+journal_broken@control1:amid:never"
    ),
    "s1 whom neither way reaches any more is nobody's to save": (
        "management_down@network:amid:soon+production_down@network:before:never"
    ),
    "s15 a new life does not tell a silent card again what the last one told it": (
        "card_silent@ups5:amid:never+service_dies@control1:amid:soon"
    ),
    "s15 nor does one whose journal is an old one": (
        "card_reboots@ups6:amid:never+incident_left_open@control1:amid:never"
    ),
    "s15 nor who takes the command while the card takes every message for an old one": (
        "authentication_fails@ups5:amid:soon+foreign_off@ups1:before:never"
    ),
    "s30 what was being written when the service died is not known to its next life": (
        "service_dies@control1:before:never+scheduled_restart@linkeddisk:before:never"
    ),
    "s30 what a broken journal does not keep, the peer that takes over has heard": (
        "journal_full@control1:before:late+scheduled_restart@linkeddisk:before:never"
    ),
    "l5 where no card is heard nobody learns that the commander is down": (
        "battery_aged@ups1:late:soon+management_down@network:before:late"
    ),
    "l5 nor from a controller that is dark with its system": (
        "controller_dies@control1:amid:never+server_in_maintenance@control2:before:never"
    ),
    "l5 what keeps it from being followed is told anew when it changes": (
        "loads_mixed_up@ups6:late:never+network_slow@network:amid:soon"
    ),
    "l5 who hangs takes no command": "node_crashes@control1:late:never+node_hangs@control2:late:never",
    "l5 nor does whose cluster tells him of another": (
        "second_outage@ups1:before:late+cluster_mistaken@control2:amid:soon"
    ),
    "l2 no battery lasts for a flush that never ends": (
        "card_silent_on_battery@ups4:before:never+flush_never_ends@linkeddisk:before:never"
    ),
    "l2 nor does it for one that nobody is let to ask for": (
        "card_silent_on_battery@ups4:before:never+flush_refused@linkeddisk:before:never"
    ),
    "l2 who comes back and keeps nothing does not stay up for one whose ups has failed and stays off": (
        "ups_bypassed@ups2:late:soon+journal_broken@control1:before:soon"
    ),
    "l2 a disk whose servers were stopped for the night had not had its turn when the switch died": (
        "switch_dies@lan1:amid:late+clocks_put_back@linkeddisk:before:never"
    ),
    "l2 what is written after the last flush is lost with the battery": (
        "off_ignored@ups4:amid:late+written_after_flush@linkeddisk:before:soon"
    ),
    "l1 when the last node dies with its power on nobody wakes it": (
        "foreign_shutdown@control2:before:never+node_crashes@control1:amid:never"
    ),
    "l1 nor who could not be told to go with him, when the other was told to stay off": (
        "card_silent@ups2:amid:late+foreign_off@ups1:amid:never"
    ),
    "l1 nor who was not heard on his battery, when the other ignored its off": (
        "card_silent_on_battery@ups2:before:late+off_ignored@ups1:amid:late"
    ),
    "l1 nor whose card took every message for an old one then": (
        "authentication_fails@ups2:late:soon+foreign_off@ups1:late:never"
    ),
    "l3 who does not boot with his power is woken, but by nobody who is halted himself": (
        "card_silent@ups1:late:late+ac_link_last_state@control2:late:never"
    ),
    "s1 who hangs on his way down forces himself though nobody he hears has told his power to go": (
        "server_hangs@control2:late:never+service_upgraded@control1:amid:never"
    ),
    "s3 a new life waits for no ups that is off already": (
        "service_upgraded@control1:late:never+ups_in_maintenance@ups6:before:late"
    ),
    "s3 a disk whose own ups is held is flushed in its turn, whatever the control disk's battery says": (
        "low_flag_false@ups3:before:soon+ups_in_maintenance@ups4:amid:never"
    ),
    "s5 an array is given up that a broken journal leaves on": (
        "switch_dies@lan1:amid:late+journal_full@control1:amid:soon"
    ),
    "s13 who never let go goes on when who took the command after him is down": (
        "loads_mixed_up@ups6:amid:soon+peers_apart@control1:amid:never"
    ),
    "s18 whoever shuts the last node down leaves nobody to tell a ups": (
        "node_crashes@control1:late:never+server_pressed@control2:late:never"
    ),
    "l1 a node whose delay is too short is kept on where the other ups ignores its off": (
        "off_ignored@ups2:before:never+delay_rounded@ups1:amid:soon"
    ),
    "l1 nobody starts whom only the other node has stopped": (
        "off_ignored@ups2:amid:late+nodes_parted@control2:before:never"
    ),
    "l1 the nodes stay up when nobody can tell one and somebody has told the other to stay off": (
        "network_slow@network:amid:late+foreign_off@ups2:before:never"
    ),
    "l3 a cluster that one node left while the other hung needs its operator": (
        "node_hangs@control2:amid:soon+server_pressed@control1:amid:never"
    ),
    "l5 who hangs takes no command when the others have gone": (
        "node_hangs@control2:amid:late+server_in_maintenance@control2:amid:late"
    ),
    "s5 an array that was given up is given up, though its ups is told once more": (
        "card_silent@ups4:before:late+clocks_put_back@linkeddisk:late:never"
    ),
    "s12 who was silent before counts with those who told of their battery and fell silent then": (
        "card_silent@ups3:before:soon+switch_dies@lan1:amid:soon"
    ),
    "l3 whose power stays on waits for the other, and he for his charge": (
        "battery_collapses@ups2:amid:never+delay_rounded@ups1:late:soon"
    ),
    "l3 and longer for one that knows of no incident": (
        "ups_bypassed@ups2:before:late+management_down@network:late:soon"
    ),
}


@pytest.mark.parametrize("sentence", PAIRS)
def test_two_faults_together(sentence: str) -> None:
    assert Faulty.parsed("reference", PAIRS[sentence]).played().wrong == []


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            "network_loses@network:before:never+comes_back@blade2:before:never",
            id="l4 a force that has done its work says so",
        ),
        pytest.param(
            "inrush_trips@ups2:before:late+network_loses@network:late:never",
            id="l1 a UPS that is heard to be off only while its node's start waits is switched on",
        ),
    ],
)
def test_on_a_network_that_loses(case: str) -> None:
    """A network that loses requests makes events by the ten thousand: it ends when all are up."""
    whole = Faulty.parsed("reference", case).story()
    story = replace(whole, until_s=7800.0 + 3 * 3600.0)
    events = play(story).stream.events
    assert [e.t for e in events if e.name == "incident.closed"][-1] < story.until_s - 3600.0
    assert breaches(events, story)[1] == []


def test_s1_it_is_forced_before_its_power_falls() -> None:
    """And the others, which are down, are not given up for that."""
    case = "booted_by_hand@rack2:amid:never+journal_broken@control1:amid:never"
    events = play(Faulty.parsed("reference", case).story()).stream.events
    (forced,) = [e for e in events if e.name == "command.sent" and e.details["command"] == "force"]
    falls = next(e for e in events if e.name == "ups.output_off" and e.subject == "ups6" and e.is_fact)
    assert (forced.subject, forced.by) == ("rack2", "control2")
    assert forced.t < falls.t
    assert {e.subject for e in events if e.name == "alarm.raised" and e.details["rule"] == "H1"} == {"rack2"}


def test_l1_a_node_that_dies_while_the_other_stays_is_brought_up_again() -> None:
    """What excuses the last one excuses nobody else."""
    story = Faulty.parsed("reference", "node_crashes@control1:amid:never").story()
    events = play(story).stream.events
    excused, left = breaches(events, story)
    assert left == []
    assert not [e for e in excused if e.breach.id in ("L1", "L3")]
    assert [e for e in events if e.name == "server.up" and e.subject == "control1" and e.t > 7800.0]
