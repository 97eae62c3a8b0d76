"""What journals on an array have not kept nobody knows any more (A10, C5)."""

from __future__ import annotations

from dataclasses import replace

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach
from tests.excusing import STRUCK_S, fact, left, seen


def test_a10_s27_a_word_is_forgotten_with_all_who_heard_it(site: Site) -> None:
    told = seen(STRUCK_S + 10, "request.accepted", site.name, id="r1")
    deed = seen(STRUCK_S + 90, "command.sent", "ups5", command="off")
    ended = [fact(STRUCK_S + 50, "server.up", node) for node in site.cluster.nodes]

    off = fact(STRUCK_S + 5, "array.off", "linkeddisk")

    def counts(*shows: Event, ends: list[Event], power: tuple[Event, ...] = (off,)) -> bool:
        broken = Breach("S27", deed.t, "ups5", "", shows)
        return left(site, broken, "journal_on_array", "linkeddisk", *power, told, *ends, deed, ends=False)

    assert not counts(told, deed, ends=ended)
    assert not counts(told, deed, ends=ended, power=(replace(off, t=told.t),))
    on = fact(told.t, "array.starting", "linkeddisk")
    flushed = fact(told.t, "array.lost_data", "linkeddisk")
    assert not counts(told, deed, ends=ended, power=(off, flushed))
    for kept in ((), (off, on), (replace(off, t=told.t + 1),), (replace(off, subject="controldisk"),)):
        assert counts(told, deed, ends=ended, power=kept), "it was kept while that had power"
    assert counts(told, deed, ends=ended, power=(replace(off, source=Source.SEEN),))
    assert counts(told, deed, ends=ended[:1]), "the other one knows it"
    assert counts(deed, ends=ended), "it goes against no word"


def test_c6_s5_nor_do_the_nodes_wait_for_whom_a_word_wants_down_that_no_journal_has_kept(site: Site) -> None:
    """They go by another one, of themselves (241002)."""
    told = seen(STRUCK_S - 10, "schedule.fired", "night", id="n1")
    deed = seen(STRUCK_S + 90, "command.sent", "ups2", "control2", command="off")
    begins = fact(STRUCK_S + 50, "server.up", "control2")
    gone = fact(STRUCK_S + 20, "server.halted", "control1")

    def counts(*events: Event, shows: tuple[Event, ...] = (told, deed)) -> bool:
        broken = Breach("S5", deed.t, "ups2", "", shows)
        return left(site, broken, "journal_torn", "control2", told, *events, deed, ends=False)

    assert not counts(gone, begins)
    assert counts(begins), "the other one knows it"
    assert counts(gone), "it lives on, and remembers"
    assert counts(gone, begins, shows=(deed,)), "an outage is none"


def test_a10_c5_s35_nor_is_a_word_kept_by_journals_that_broke_before_the_array_had_power_again(
    site: Site,
) -> None:
    """Until their services begin anew, as they have said."""
    told = seen(STRUCK_S + 10, "schedule.fired", "night", id="n1")
    again = replace(told, t=STRUCK_S + 90)
    ended = [fact(STRUCK_S + 50, "server.up", node) for node in site.cluster.nodes]
    broke = [seen(told.t, "alarm.raised", node, node, rule="S30") for node in site.cluster.nodes]
    begins = fact(told.t - 1, "server.up", "control2")

    def counts(*events: Event) -> bool:
        broken = Breach("S35", again.t, "night", "", (told, again))
        run = sorted((*events, told, *ended, again), key=lambda e: e.t)
        return left(site, broken, "journal_on_array", "linkeddisk", *run, ends=False)

    assert not counts(*broke)
    assert not counts(begins, *broke)
    assert counts(broke[0]), "the other one has kept it"
    assert counts(broke[0], replace(broke[1], t=told.t + 1)), "it broke since"
    assert counts(broke[0], replace(broke[1], t=begins.t - 1), begins), "in an earlier life"
    assert counts(broke[0], replace(broke[1], details={"rule": "C9"}))
    assert not counts(broke[0], fact(told.t - 1, "server.halted", "control2")), "it was down"


def test_a10_s31_whether_a_word_had_been_carried_out_before_a_boot_no_journal_kept(site: Site) -> None:
    """It was written down when it was said; that the node then went by it was not, and so his boot ends it
    for those who can see that, and for none who must read it."""
    told = seen(STRUCK_S + 10, "schedule.fired", "nodes", id="n1")
    went = fact(STRUCK_S + 40, "server.shutting_down", "control2")
    boot = fact(STRUCK_S + 70, "server.up", "control2")
    deed = seen(STRUCK_S + 90, "command.sent", "control1", "control2", command="shutdown")
    died = [fact(STRUCK_S + 45, "server.halted", node) for node in site.cluster.nodes]

    def counts(off_s: float, *gone: Event, shows: tuple[Event, ...] = (told, boot, deed)) -> bool:
        off = fact(STRUCK_S + off_s, "array.off", "linkeddisk")
        broken = Breach("S31", deed.t, "control1", "", shows)
        run = sorted((told, off, *gone, *died, boot, deed), key=lambda e: e.t)
        return left(site, broken, "journal_on_array", "linkeddisk", *run, ends=False)

    assert not counts(30, went)
    assert counts(41, went), "it was kept that he went"
    assert not counts(41, went, replace(went, t=STRUCK_S + 50)), "the last time he went"
    assert counts(30, went, shows=(told, deed)), "no boot has ended it: the word itself was kept"
    assert counts(30), "he had not gone by it"
    assert counts(30, replace(went, source=Source.SEEN)), "by the room's truth"
    assert counts(30, replace(went, subject="control1")), "another"
    assert counts(30, replace(went, t=STRUCK_S + 5)), "before it was said"
    assert counts(30, replace(went, t=boot.t)), "after his boot"
    assert not counts(5, replace(went, t=STRUCK_S + 5)), "neither was kept"
    before = fact(STRUCK_S + 35, "server.halted", "control1")
    assert counts(41, before, went), "it was the last one, whose service wrote until it was down"


def test_c6_s27_no_journal_has_lost_a_word_before_it_began_to_lose_any(site: Site) -> None:
    hold = seen(STRUCK_S - 50, "hold.set", "ups1")
    deed = seen(STRUCK_S - 10, "command.sent", "ups1", command="off")
    broken = Breach("S27", deed.t, "ups1", "", (hold, deed))

    def counts(torn_s: float, gone_s: float) -> bool:
        torn = FaultChange(torn_s, named("journal_torn"), "control1", amount=100.0)
        parted = FaultChange(0.0, named("nodes_parted"), "control2")
        run = (hold, fact(gone_s, "server.halted", "control1"), deed)
        return excused([broken], [parted, torn], site, run)[1] == [broken]

    assert not counts(STRUCK_S - 40, STRUCK_S - 30)
    assert not counts(STRUCK_S - 30, STRUCK_S - 30)
    assert counts(STRUCK_S - 29, STRUCK_S - 30), "his journal was well as he went"


def test_c5_c7_s27_whose_service_stood_still_has_not_heard_a_word_that_nobody_told_him_since(
    site: Site,
) -> None:
    hold = seen(STRUCK_S + 20, "hold.set", "ups1")
    deed = seen(STRUCK_S + 120, "command.sent", "ups1", command="on")
    broken = Breach("S27", deed.t, "ups1", "", (hold, deed))
    went = [fact(STRUCK_S + 60, "server.halted", "control1"), fact(STRUCK_S + 80, "server.up", "control1")]

    def counts(*later: Event, from_s: float = 10.0, for_s: float = 1000.0, lost_s: float = 40.0) -> bool:
        torn = FaultChange(STRUCK_S + lost_s, named("journal_broken"), "control1")
        still = FaultChange(STRUCK_S + from_s, named("service_stalls"), "control2", amount=for_s)
        run = sorted((hold, *(later or went), deed), key=lambda e: e.t)
        return excused([broken], [torn, still], site, run)[1] == [broken]

    assert not counts()
    assert not counts(*went, fact(STRUCK_S + 85, "server.up", "control2")), "he boots when it is lost"
    assert not counts(for_s=51.0)
    assert counts(for_s=49.0), "he went on while the other one knew it, who told him"
    assert counts(from_s=21.0), "he was told as it was said"
    assert counts(from_s=21.0, for_s=20.0)
    assert not counts(for_s=51.0, lost_s=10.0), "until the life ends that has heard it"
    assert counts(fact(STRUCK_S + 15, "server.up", "control1"), *went, for_s=49.0, lost_s=10.0)
    assert counts(for_s=60.0, lost_s=90.0), "it was read again, and told"
    down = went[0], replace(went[1], t=STRUCK_S + 110)
    assert not counts(*down, for_s=60.0, lost_s=65.0)
    assert counts(fact(STRUCK_S + 50, "mains.lost", "utility")), "he knows it yet"


def test_c6_n2_s28_nor_has_he_heard_it_who_heard_nobody_until_the_life_ended_that_had(site: Site) -> None:
    told = seen(STRUCK_S + 20, "request.accepted", site.name, id="r1")
    deed = seen(STRUCK_S + 120, "command.sent", "ups5", command="on")
    broken = Breach("S28", deed.t, "ups5", "", (told, deed))
    went = [fact(STRUCK_S + 60, "server.halted", "control1"), fact(STRUCK_S + 80, "server.up", "control1")]

    def counts(from_s: float, until_s: float) -> bool:
        torn = FaultChange(0.0, named("journal_torn"), "control1", amount=100.0)
        parted = FaultChange(STRUCK_S + from_s, named("nodes_parted"), "control2")
        again = FaultChange(STRUCK_S + until_s, named("nodes_parted"), "control2", present=False)
        run = (fact(0.5, "server.up", "control2"), told, *went, deed)
        return excused([broken], [torn, parted, again], site, run)[1] == [broken]

    assert not counts(10.0, 70.0)
    assert counts(21.0, 70.0), "he was told as it was said"
    assert counts(-100.0, 0.0), "they heard each other by then"
    assert counts(10.0, 25.0), "he was told when they heard each other again"


def test_c6_n2_s28_nor_has_he_if_it_was_lost_when_the_only_one_that_knew_it_had_gone(site: Site) -> None:
    """control1 alone has heard what fired, and is down when its journal is torn (seed 231554)."""
    told = seen(STRUCK_S - 300, "schedule.fired", "night", id="n1")
    went, boots = (
        fact(STRUCK_S - 100, "server.halted", "control1"),
        fact(STRUCK_S + 50, "server.up", "control1"),
    )
    looks = seen(STRUCK_S + 110, "ups.on_line", "ups5", "control2")
    deed = seen(STRUCK_S + 120, "command.sent", "ups5", command="on")

    def counts(parted_s: float, until_s: float, back: Event = boots) -> bool:
        broken = Breach("S28", deed.t, "ups5", "", (told, deed))
        story = [
            FaultChange(parted_s, named("nodes_parted"), "control2"),
            FaultChange(until_s, named("nodes_parted"), "control2", present=False),
            FaultChange(STRUCK_S, named("journal_torn"), "control1", amount=100.0),
        ]
        return excused([broken], story, site, (told, went, back, looks, deed))[1] == [broken]

    assert not counts(STRUCK_S - 400, STRUCK_S - 50)
    assert counts(STRUCK_S - 290, STRUCK_S - 50), "it was told as that fired"
    assert counts(STRUCK_S - 400, STRUCK_S - 200), "it was told before the other one went"
    assert counts(STRUCK_S - 400, STRUCK_S - 50, replace(boots, t=STRUCK_S - 60)), "it was read, and told"
    assert counts(STRUCK_S - 400, STRUCK_S - 50, replace(boots, t=deed.t + 1)), "no life has lost it yet"


def test_a10_c5_s27_the_journal_of_who_takes_copies_breaks_with_that_of_who_commands(site: Site) -> None:
    """control1 says that its own is broken, as the array has no power; control2 says nothing, and hears of a
    hold when that has power again (seed 232390)."""
    off, broke = (
        fact(STRUCK_S + 5, "array.off", "linkeddisk"),
        seen(STRUCK_S + 10, "alarm.raised", "control1", rule="S30"),
    )
    on, hold = fact(STRUCK_S + 20, "array.starting", "linkeddisk"), seen(STRUCK_S + 30, "hold.set", "ups1")
    ended = [fact(STRUCK_S + 50, "server.up", node) for node in site.cluster.nodes]
    deed = seen(STRUCK_S + 90, "command.sent", "ups1", "control2", command="off")

    def counts(*more: Event, said: Event = broke) -> bool:
        broken = Breach("S27", deed.t, "ups1", "", (hold, deed))
        run = sorted((off, said, on, hold, *more, *ended, deed), key=lambda e: e.t)
        return left(site, broken, "journal_on_array", "linkeddisk", *run, ends=False)

    assert not counts()
    assert counts(fact(STRUCK_S + 25, "server.up", "control2")), "its life has begun since"
    assert counts(said=replace(broke, t=STRUCK_S + 25)), (
        "that one broke with the power on, for another reason"
    )
    assert counts(said=replace(broke, t=STRUCK_S + 31)), "later"


def test_c5_c8_s23_a_word_is_lost_with_the_only_journal_that_had_it_and_cannot_be_read(site: Site) -> None:
    """control1 alone has heard that rack1 is wanted up: control2 reads none of its rows (seed 50736)."""
    told = seen(STRUCK_S + 20, "request.accepted", "rack1", "control1", id="r1")
    boots = fact(STRUCK_S + 60, "server.up", "control1")
    flush = seen(STRUCK_S + 120, "command.sent", "linkeddisk", "control1", command="flush")

    def counts(*ends: Event, read: bool = False, shows: tuple[Event, ...] = (told, flush)) -> bool:
        broken = Breach("S23", flush.t, "linkeddisk", "", shows)
        struck = [FaultChange(STRUCK_S, named("journal_broken"), "control1", amount=1e6)]
        struck += [] if read else [FaultChange(0.5, named("service_upgraded"), "control1")]
        return excused([broken], struck, site, (told, *ends, flush))[1] == [broken]

    assert not counts(boots)
    assert counts(), "he knows it yet"
    assert counts(boots, read=True), "control2 has heard it, and is there"
    assert counts(boots, shows=(flush,)), "it goes against no word"
