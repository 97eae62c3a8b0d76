"""What a fault once excused for good, or of others than its cause reaches, and does no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.faults.fault import Kind
from sim.story import FaultChange
from teiden.judge.alone import whole_stop_s
from teiden.judge.excuses import excused, judged
from teiden.judge.invariants.invariant import Breach
from teiden.judge.owed import beyond
from teiden.judge.struck import apart, struck
from teiden.judge.verdict import judge
from tests.excusing import ENDED_S, STRUCK_S, fact, left, seen
from tests.worlds import fault, out, play, reference_site


@pytest.mark.parametrize("late_s", [0.0, 0.1])
def test_c7_l4_a_service_that_stood_still_once_excuses_no_step_that_begins_hours_later(
    late_s: float, site: Site
) -> None:
    """It goes on where it was: its steps have their time, and a whole stop has had it since."""
    over_s = STRUCK_S + 60.0 + whole_stop_s(site)
    step = seen(over_s + late_s, "step.started", "rack1", "control1", step="stop")
    broken = Breach("L4", step.t + 9000.0, "rack1", "", (step,))
    assert left(site, broken, "service_stalls", "control1", ends=False, amount=60.0) is bool(late_s)


@pytest.mark.parametrize("late_s", [0.0, 0.1])
def test_o2_l8_nor_does_a_hold_that_ended_long_ago_excuse_that_an_incident_is_closed_too_early(
    late_s: float, site: Site
) -> None:
    broken = Breach("L8", ENDED_S + whole_stop_s(site) + late_s, site.name, "")
    assert left(site, broken, "ups_in_maintenance", "ups3") is bool(late_s)
    assert not left(site, broken, "ups_in_maintenance", "ups3", ends=False), "it lasts"


@pytest.mark.parametrize("fault", ["management_down", "network_loses", "battery_aged", "returns_unasked"])
def test_n5_s8_whose_power_fell_long_after_a_fault_could_have_been_told_to_stay_off(
    fault: str, site: Site
) -> None:
    """A minute without cards excused in each later outage that servers boot before their disks are there."""
    over_s, on = ENDED_S + whole_stop_s(site), "network" if named(fault).of is Kind.NETWORK else "ups5"

    def counts(*fell: tuple[float, str]) -> bool:
        events = [fact(t, "ups.output_off", ups) for t, ups in fell]
        boot = fact(9e4, "server.booting", "blade1")
        broken = Breach("S8", boot.t, "blade1", "", (boot,))
        return left(site, broken, fault, on, *events, amount=80.0)

    assert not counts((over_s, "ups5"))
    assert counts((over_s + 1, "ups5"))
    assert counts((STRUCK_S + 1, "ups5"), (over_s + 1, "ups5")), "the last time"
    assert not counts((STRUCK_S + 1, "ups5"), (over_s + 1, "ups6")), "another's power"
    assert not counts((STRUCK_S + 1, "ups5"), (9e4 + 1, "ups5")), "since"
    assert not counts((over_s + 1, "ups6")), "his own has not fallen"
    assert counts((9e4, "ups5")), "it boots him in that moment"
    boot, heard = fact(9e4, "server.booting", "blade1"), seen(over_s + 1, "ups.output_off", "ups5")
    broken = Breach("S8", boot.t, "blade1", "", (boot,))
    for other in (heard, fact(over_s + 1, "ups.on_line", "ups5")):
        assert not left(site, broken, fault, on, other, amount=80.0), "that is no fall of it"


def test_x04_s8_of_two_feeds_one_that_could_not_be_told_brings_it_back(site: Site) -> None:
    servers = site.servers | {"blade1": replace(site.servers["blade1"], upses=("ups5", "ups6"))}
    boot = fact(9e4, "server.booting", "blade1")
    fell = fact(STRUCK_S + 1, "ups.output_off", "ups5"), fact(8e4, "ups.output_off", "ups6")
    broken = Breach("S8", boot.t, "blade1", "", (boot,))
    assert not left(replace(site, servers=servers), broken, "management_down", "network", *fell)


def test_s8_only_of_a_boot_it_is_asked_whether_that_could_not_be_told(site: Site) -> None:
    """Nothing is started without a journal, whenever the power of who is not started fell."""
    alarm, fell = (
        seen(STRUCK_S, "alarm.raised", "control2", "control2", rule="C5"),
        fact(8e4, "ups.output_off", "ups5"),
    )
    assert not left(site, Breach("L8", 9e4, "blade1", ""), "journal_full", "control2", alarm, fell)


def parted(*at_s: float, fault: str = "nodes_parted") -> list[FaultChange]:
    """Struck and over, by turns."""
    return [FaultChange(t, named(fault), "control1", present=n % 2 == 0) for n, t in enumerate(at_s)]


def test_n2_nodes_are_apart_by_one_fault_or_the_next_until_they_hear_each_other_again(site: Site) -> None:
    first = *parted(700.0, 1000.0), *parted(900.0, 1500.0, fault="peers_apart")
    later = *parted(5000.0, 6000.0), *parted(5500.0, 5600.0, fault="peers_apart")
    story = sorted([*first, *later], key=lambda f: f.at_s)
    assert apart(struck(story, site), 10.0) == [(700.0, 1510.0), (5000.0, 6010.0)]


def test_n2_s28_a_word_is_not_unheard_because_the_nodes_are_parted_once_more_later(site: Site) -> None:
    """They heard each other between: who was told nothing of it then, or before, goes by no excuse."""
    hears_s = site.polling.stale_after_s(site.polling.on_line_s)
    deed = seen(3000.0, "command.sent", "blade1", command="wake")

    def counts(story: list[FaultChange], *events: Event, told_s: float = STRUCK_S + 10) -> bool:
        word = seen(told_s, "request.accepted", site.name, "control2", id="r1")
        broken = Breach("S28", deed.t, "blade1", "", (word, deed))
        run = sorted((word, deed, *events), key=lambda e: e.t)
        return excused([broken], story, site, run)[1] == [broken]

    assert not counts(parted(STRUCK_S, 2999.0))
    assert counts(parted(STRUCK_S, ENDED_S, 5000.0, 6000.0)), "met since the first"
    assert counts(parted(STRUCK_S, ENDED_S, 2900.0)), "and so the second is none of it"
    assert counts(parted(STRUCK_S, ENDED_S, 2900.0, 2950.0))
    next_one = parted(ENDED_S + hears_s, fault="peers_apart")
    assert not counts([*parted(STRUCK_S, ENDED_S), *next_one]), "before they heard each other"
    later = parted(ENDED_S + hears_s + 1, fault="peers_apart")
    assert counts([*parted(STRUCK_S, ENDED_S), *later])
    long_one = parted(STRUCK_S, 2999.0)
    both = sorted([*long_one, *parted(900.0, ENDED_S, fault="peers_apart")], key=lambda f: f.at_s)
    assert not counts(both), "the longer one counts"
    hangs = [FaultChange(900.0, named("node_hangs"), "control1")]
    assert counts([*parted(STRUCK_S, ENDED_S), *hangs]), "who hangs later heard it"

    before = parted(STRUCK_S)
    assert not counts(before, told_s=STRUCK_S - hears_s + 1)
    assert counts(before, told_s=STRUCK_S - hears_s), "both were there, and heard each other yet"
    for node in site.cluster.nodes:
        down = fact(STRUCK_S - hears_s - 1, "server.halted", node)
        assert not counts(before, down, told_s=STRUCK_S - hears_s - 1), "one was not"
    stood = [FaultChange(0.0, named("service_stalls"), "control1", amount=2000.0), *before]
    assert not counts(stood, told_s=STRUCK_S - hears_s)


def test_c6_s27_who_came_up_and_was_told_before_a_journal_lost_it_knows_a_word(site: Site) -> None:
    """Who had not been there as it was said counted as one who cannot know it, whatever came later."""
    hears_s = site.polling.stale_after_s(site.polling.on_line_s)
    hold = seen(STRUCK_S, "hold.set", "ups5")
    deed = seen(STRUCK_S + 900, "command.sent", "ups5", "control2", command="off")
    broken = Breach("S27", deed.t, "ups5", "", (hold, deed))
    down, up = fact(STRUCK_S - 9, "server.halted", "control2"), fact(STRUCK_S + 90, "server.up", "control2")
    gone = fact(STRUCK_S + 500, "server.halted", "control1"), fact(STRUCK_S + 600, "server.up", "control1")

    def counts(*events: Event, torn_s: float = 400.0, beside: tuple[FaultChange, ...] = ()) -> bool:
        torn = FaultChange(STRUCK_S + torn_s, named("journal_torn"), "control1", amount=100.0)
        run = sorted((hold, deed, down, *gone, *events), key=lambda e: e.t)
        story = sorted((torn, *beside), key=lambda f: f.at_s)
        return excused([broken], [*story], site, run)[1] == [broken]

    assert counts(up)
    assert not counts(replace(up, t=STRUCK_S + 410)), "it was lost before"
    assert counts(replace(up, t=STRUCK_S + 400 - hears_s))
    assert not counts(replace(up, t=STRUCK_S + 401 - hears_s)), "he has not looked yet"
    assert not counts(up, replace(gone[0], t=STRUCK_S + 80)), "nobody was there to tell him"
    assert not counts(up, fact(STRUCK_S + 91, "server.crashed", "control2")), "he was gone at once"
    still = FaultChange(STRUCK_S + 10, named("service_stalls"), "control1", amount=5000.0)
    assert not counts(up, beside=(still,)), "who knew it stood still"
    assert not counts(up, beside=tuple(replace(f, at_s=f.at_s + 100.0) for f in parted(700.0, 1500.0)))
    assert counts(up, beside=tuple(parted(0.0, 9.0)))
    own = FaultChange(STRUCK_S + 450, named("journal_torn"), "control2", amount=100.0)
    assert not counts(up, beside=(own,)), "his own has lost it, too"


@pytest.mark.parametrize("rule", ["L1", "L3"])
@pytest.mark.parametrize(
    ("fault", "of", "does", "subject"),
    [
        ("foreign_off", "ups5", "ups.off_armed", "blade1"),
        ("foreign_shutdown", "blade1", "server.shutting_down", "blade1"),
    ],
)
def test_c12_another_manager_whom_nothing_has_heeded_has_stopped_nobody(
    rule: str, fault: str, of: str, does: str, subject: str, site: Site
) -> None:
    """Its OFF came to a card that was silent, or to who was down as told: that kept him down for good."""
    broken = Breach(rule, 9e4, subject, "")
    done = fact(STRUCK_S, does, of)
    assert not left(site, broken, fault, of, done, ends=False)
    another = fact(STRUCK_S, "server.halted", of)
    for other in (replace(done, t=STRUCK_S + 60), replace(done, subject="rack1"), another):
        assert left(site, broken, fault, of, other, ends=False)
    assert left(site, broken, fault, of, replace(done, source=Source.SEEN), ends=False)


@pytest.mark.parametrize("fault", ["foreign_shutdown", "server_pressed"])
def test_c12_o1_whom_a_hand_has_shut_down_it_has_not_when_he_has_been_up_since(
    fault: str, site: Site
) -> None:
    """The next outage stops him, and he is owed his return like anybody."""
    events = [fact(STRUCK_S, "server.shutting_down", "rack1"), fact(STRUCK_S + 900, "server.up", "rack1")]
    story = [FaultChange(STRUCK_S, named(fault), "rack1")]
    for rule in ("L1", "L3"):
        assert beyond(rule, struck(story, site, events[:1]), site, events[:1]) == frozenset(("rack1",))
        assert beyond(rule, struck(story, site, events), site, events) == frozenset()


@pytest.mark.parametrize(("cause", "holds"), [("command", True), ("exhausted", False), ("fault", False)])
def test_c12_l2_anothers_off_has_not_taken_the_last_node_where_its_battery_was_let_run_empty(
    cause: str, holds: bool, site: Site
) -> None:
    events = [
        fact(STRUCK_S - 9, "server.halted", "control2"),
        Event(STRUCK_S, "ups.off_armed", "ups1", "room", Source.FACT, {"falls_at": STRUCK_S + 400}),
        Event(STRUCK_S + 400, "ups.output_off", "ups1", "room", Source.FACT, {"cause": cause}),
        Event(STRUCK_S + 400, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"}),
    ]
    for rule, of in (("L2", "linkeddisk"), ("S18", "ups4")):
        assert left(site, Breach(rule, 9e4, of, ""), "foreign_off", "ups1", *events, ends=False) is not holds


@pytest.mark.parametrize("lost_s", [STRUCK_S - 10.0, STRUCK_S - 9000.0])
def test_u19_l2_loads_mixed_up_under_the_last_node_make_up_for_no_neglect_before(
    lost_s: float, site: Site
) -> None:
    """Nobody had told the linked disk anything, though its outage had counted for hours."""
    events = [
        fact(lost_s, "ups.on_battery", "ups4"),
        fact(STRUCK_S + 9, "server.halted", "control2"),
        Event(STRUCK_S + 40, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"}),
    ]
    broken = Breach("L2", STRUCK_S + 900, "linkeddisk", "")
    neglected = lost_s == STRUCK_S - 9000.0
    assert left(site, broken, "loads_mixed_up", "ups6", *events, ends=False) is neglected


@pytest.mark.parametrize(
    ("name", "of", "at_s"),
    [("ready_late", "linkeddisk", 100.0), ("card_silent", "ups6", 36_000.0), ("N5", "network", 36_000.0)],
)
def test_l1_an_incident_that_is_left_open_with_everybody_up_waits_for_nobody(
    name: str, of: str, at_s: float
) -> None:
    """A fault that lasts excused it whomever it had kept down once, and if it was nobody."""
    site = reference_site()
    tale = play(out(0, 7200), fault(name, of, at_s), until_s=14 * 3600.0)

    def counts(events: Sequence[Event]) -> list[str]:
        broken = [b for r in judge(events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
        return [b.subject for b in judged(broken, events, tale.happenings, site)[1]]

    assert counts(tale.events) == []
    open_yet = [e for e in tale.events if e.name != "incident.closed"]
    assert counts(open_yet) == [site.name]
    down = [e for e in open_yet if e.name != "server.up" or e.subject != "rack1" or e.t < 0]
    assert site.name not in counts(down), "it waits for him"


@pytest.mark.parametrize("late_s", [0.0, 0.1])
def test_c10_l10_an_incident_of_long_ago_stops_everybody_once_and_not_as_often_as_you_like(
    late_s: float, site: Site
) -> None:
    """As long as nobody closed it each of them could go down and up again without a cause."""
    broken = Breach("L10", STRUCK_S + whole_stop_s(site) + late_s, "rack1", "")
    assert left(site, broken, "incident_left_open", "control1", ends=False) is bool(late_s)


@pytest.mark.parametrize("rule", ["L1", "L3"])
@pytest.mark.parametrize(("fault", "of"), [("card_silent", "ups1"), ("N5", "network")])
def test_u2_n5_l3_who_went_when_his_ups_could_long_be_told_again_is_not_kept_on_by_that(
    rule: str, fault: str, of: str, site: Site
) -> None:
    """Its card was silent for a minute in an outage; the nodes were up for hours after that."""
    over_s = ENDED_S + whole_stop_s(site)

    def counts(went_s: float) -> bool:
        tried = [seen(STRUCK_S + 9, f"command.{name}", "ups1") for name in ("sent", "failed")]
        off = [replace(e, details={"command": "off"}) for e in tried]
        gone = [fact(went_s, "server.halted", node) for node in site.cluster.nodes]
        story = [FaultChange(STRUCK_S, named(fault), of), FaultChange(ENDED_S, named(fault), of, False)]
        events = [*off, *gone]
        return "control1" not in (beyond(rule, struck(story, site, events), site, events) or ())

    assert not counts(over_s)
    assert counts(over_s + 1)


@pytest.mark.parametrize(("amount", "holds"), [(60.0, False), (60.1, True)])
def test_p12_s9_a_test_that_is_over_before_anybody_confirms_it_is_taken_for_no_outage(
    amount: float, holds: bool, site: Site
) -> None:
    broken = Breach("S9", STRUCK_S + 200, "rack1", "")
    assert left(site, broken, "self_test", "ups6", ends=False, amount=amount) is not holds


@pytest.mark.parametrize(("at_s", "waits"), [(700.0, True), (13_000.0, False)])
def test_l1_one_in_which_somebody_came_up_whom_nobody_could_hear_any_more_waits_for_him(
    at_s: float, waits: bool
) -> None:
    site = reference_site()
    tale = play(out(0, 7200), fault("switch_dies", "lan1", at_s), until_s=14 * 3600.0)
    open_yet = [e for e in tale.events if e.name != "incident.closed"]
    up = [e for e in tale.events if e.name == "server.up" and e.is_fact]
    assert up
    broken = [b for r in judge(open_yet, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    left_over = judged(broken, open_yet, tale.happenings, site)[1]
    assert (site.name not in [b.subject for b in left_over]) is waits


@pytest.mark.parametrize(("fault", "amount"), [("low_flag_false", 0.0), ("runtime_unit_wrong", 0.01)])
@pytest.mark.parametrize(
    ("rule", "of", "ups"),
    [("S3", "linkeddisk", "ups4"), ("S5", "ups3", "ups3"), ("S26", "control2", "ups3")],
)
def test_p9_u10_a_card_that_tells_too_little_says_nothing_while_its_mains_are_there(
    fault: str, amount: float, rule: str, of: str, ups: str, site: Site
) -> None:
    seen_s = site.polling.stale_after_s(site.polling.on_battery_s)
    lost, back = fact(STRUCK_S - 9, "ups.on_battery", ups), fact(STRUCK_S + 50, "ups.on_line", ups)

    def counts(after_s: float, *events: Event) -> bool:
        broken = Breach(rule, back.t + after_s, of, "")
        return left(site, broken, fault, ups, *events, ends=False, amount=amount)

    assert not counts(9e4, lost)
    assert counts(1.0), "it was never without them"
    assert not counts(seen_s, lost, back), "as the last look showed it"
    assert counts(seen_s + 0.1, lost, back)
    assert counts(1.0, replace(lost, subject="ups5"))
    assert counts(1.0, replace(lost, source=Source.SEEN))


@pytest.mark.parametrize("opened", [True, False])
def test_l1_nor_is_one_closed_that_was_opened_when_no_network_carried_any_word_any_more(opened: bool) -> None:
    """Nobody goes down in it, for the nodes could not be told to come back; and the cluster runs again."""
    site = reference_site()
    hangs, dark = fault("node_hangs", "control1", -590, 2500), fault("management_down", "network", 400)
    tale = play(hangs, out(0, 1500, "ups3"), dark, until_s=14 * 3600.0)
    tale.never("server.halted *", "incident.closed *")
    opened_s = tale.all("incident.opened *")[0].t
    at_s = 400.0 + tale.zero_s if opened else opened_s + 3600.0
    story = [replace(h, at_s=at_s) if h.fault.name == "management_down" else h for h in (*hangs, *dark)]
    broken = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id == "L1"]
    assert broken
    assert bool(judged(broken, tale.events, story, site)[1]) is not opened
