"""C1 to C12, T1 to T7, O1 to O3 struck into the reference outage: what no fault excuses holds, whenever."""

from __future__ import annotations

import pytest

from sim.faults import catalogue
from sim.faults.fault import Fault, Kind
from sim.story import Asked, Managed, Manager, Wish
from tests.excused import holds
from tests.safety import well
from tests.worlds import HOUR_S, fault, out, play

SUBJECTS = {
    Kind.NODE: ("control1", "control2"),
    Kind.SERVER: ("rack1", "control1"),
    Kind.UPS: ("ups5", "ups3"),
    Kind.ARRAY: ("linkeddisk",),
    Kind.CLUSTER: ("ssccluster",),
}
LONG = 7 * 3600.0
OURS = [f for f in catalogue.ALL if f.ids[0][0] in "CTO"]
IDS = [f"C{n}" for n in range(1, 13)] + [f"T{n}" for n in range(1, 8)] + ["O1", "O2", "O3"]
STAGES = (-100, 1, 33, 125, 440, 456, 648, 850, 905, 960, 1020, 7255, 7505, 7700, 8060)


def struck(what: Fault | str, subject: str, at_s: float, amount: float | None = None) -> None:
    name = what if isinstance(what, str) else what.name
    holds(play(out(0, 7200), fault(name, subject, at_s, amount=amount), until_s=LONG), name)


def test_every_id_of_nodes_time_and_hands_is_a_fault() -> None:
    assert {name for name in IDS if name not in catalogue.BY_ID} == set()


@pytest.mark.long
@pytest.mark.parametrize("what", OURS, ids=repr)
@pytest.mark.parametrize("at_s", STAGES)
def test_whatever_goes_wrong_in_the_outage_the_rest_holds(what: Fault, at_s: float) -> None:
    if what.name == "scheduled_restart" and at_s > 7600:
        pytest.skip("a restart that meets the way up is carried out after it, when nobody wants it any more")
    for subject in SUBJECTS[what.of]:
        struck(what, subject, at_s)


# C1: the service alone


@pytest.mark.parametrize(("at_s", "down_s"), [(33, 1), (300, 300)])
def test_c1_x_07_a_service_that_is_killed_goes_on_where_the_room_is(at_s: float, down_s: float) -> None:
    tale = play(out(0, 7200), fault("service_dies", "control1", at_s, amount=down_s), until_s=LONG)
    well(tale)
    holds(tale, "service_dies")
    tale.once("service.died control1", "ups.off_armed ups5")
    tale.never("server.crashed control1")
    assert tale.all("lease.taken *", by="control1")[0].t - tale.zero_s >= at_s + down_s


@pytest.mark.long
@pytest.mark.parametrize("down_s", [1, 20, 300])
@pytest.mark.parametrize("node", ["control1", "control2"])
def test_c1_whenever_it_is_killed(node: str, down_s: float) -> None:
    for at_s in (*range(-30, 1100, 10), *range(7250, 8100, 10)):
        well(play(out(0, 7200), fault("service_dies", node, at_s, amount=down_s), until_s=LONG))


# C5, C6, C10: the journal


BOTH_FULL = [*fault("journal_full", "control1", 20), *fault("journal_full", "control2", 20)]


def test_c5_s30_without_a_journal_everything_goes_down_in_order_and_nothing_is_started() -> None:
    tale = play(out(0, 7200), BOTH_FULL, until_s=4 * 3600)
    holds(tale, "journal_full")
    assert {("S30", "control1"), ("C5", "control1")}.issubset(tale.alarms())
    assert not {e.details["command"] for e in tale.all("command.sent *")} & {"on", "wake", "restart", "start"}
    tale.never("array.lost_data linkeddisk", "server.crashed *")


def test_c5_s13_a_disk_that_was_mended_and_a_service_that_was_begun_anew_command_again() -> None:
    """The group was in its hands all the while: the other one lets go."""
    mended = [*fault("journal_full", "control1", 20, 9000), *fault("service_dies", "control1", 9001)]
    tale = play(out(0, 7200), mended, until_s=LONG)
    well(tale)
    assert [e.by for e in tale.all("lease.taken *")][-2:] == ["control2", "control1"]


@pytest.mark.long
def test_c5_whichever_write_fails_first() -> None:
    for name in ("journal_full", "journal_broken"):
        for n in range(1, 60):
            well(play(out(0, 7200), fault(name, "control1", -100, amount=n), until_s=LONG))


def test_c6_c1_a_lost_last_row_costs_time_and_nothing_else() -> None:
    happened = [*fault("journal_torn", "control1", 33.0), *fault("service_dies", "control1", 33.05)]
    happened += fault("journal_torn", "control2", 33.0) + fault("service_dies", "control2", 33.05)
    well(play(out(0, 7200), happened, until_s=LONG))


def test_c10_an_outage_that_was_left_open_is_closed_and_the_next_one_is_handled_as_any() -> None:
    tale = play(out(0, 7200), fault("incident_left_open", "control1", -300), until_s=LONG)
    well(tale, but=("incident",))
    tale.once("incident.opened reference")
    assert tale.at("command.sent blade1 command=shutdown") >= 30


def test_c10_s28_who_was_stopped_by_such_an_outage_before_a_real_one_counts_is_woken_with_all_others() -> (
    None
):
    """The nodes boot with it into an outage; the UPS of these is held, and only a wake starts them."""
    tale = play(
        Managed(-248, Manager.REBOOT, "ssccluster"),
        Asked(-200, Wish.HOLD, ("ups5",)),
        fault("incident_left_open", "control1", -92),
        out(0, 1000),
        until_s=3 * HOUR_S,
    )
    holds(tale, "incident_left_open")
    told, woken = "command.sent blade1 command=shutdown", "command.sent blade1 command=wake"
    tale.before(told, "outage.confirmed ups5", woken)


def test_c10_h1_it_ends_no_service_that_nobody_would_begin_anew_and_the_next_boot_reads_of_it() -> None:
    """The last node hangs on its way down, and has nobody but its own service to force it (crowded seed
    930462)."""
    tale = play(
        fault("server_hangs", "control1", -600, 6585),
        out(0, 3600),
        fault("incident_left_open", "control1", 1080),
        until_s=1500,
    )
    holds(tale, "server_hangs", "incident_left_open")
    tale.never("service.died control1")
    tale.before("server.forced control1", "ups.output_off ups1")
    assert tale.room.nodes["control1"].disk.rows[0].life == "control1/0"


# C12 and the lost rows: a countdown that nobody here has written down


def test_c12_s3_a_countdown_that_another_manager_began_is_told_and_waited_for() -> None:
    tale = play(out(0, 7200), fault("foreign_off", "ups5", 20), until_s=LONG)
    holds(tale, "foreign_off")
    assert ("C12", "ups5") in tale.alarms()
    tale.before("ups.output_off ups5", "command.sent linkeddisk command=flush")
    tale.never("server.crashed *", "array.lost_data *")


# T and O


def test_t4_s35_a_clock_that_shows_1970_fires_nothing_and_is_told() -> None:
    happened = [*fault("clock_wrong_at_boot", "control1", 0), *fault("scheduled_off", "linkeddisk", 11_000)]
    tale = play(out(0, 7200), happened, until_s=LONG)
    holds(tale, "clock_wrong_at_boot")
    assert len(tale.all("schedule.fired *")) == 2


@pytest.mark.parametrize("name", ["clocks_put_forward", "clocks_put_back"])
def test_t2_l6_on_the_night_of_the_clock_change_off_and_on_come_once(name: str) -> None:
    tale = play(fault(name, "linkeddisk", 3000), until_s=4 * 3600)
    well(tale)
    holds(tale, name)
    tale.near("schedule.fired * goal=down", 3000, late_s=1)
    assert len(tale.all("schedule.fired *")) == 2


@pytest.mark.parametrize(("name", "cut"), [("night_too_short", False), ("night_long_enough", True)])
def test_t6_s22_a_second_decides_whether_the_array_is_switched_off(name: str, cut: bool) -> None:
    tale = play(fault(name, "linkeddisk", 600), until_s=2 * 3600)
    well(tale)
    assert bool(tale.times("ups.output_off ups4")) is cut


def test_t5_s21_off_and_on_a_minute_apart_restart_the_servers_and_switch_nothing() -> None:
    tale = play(fault("scheduled_restart", "linkeddisk", 600), until_s=2 * 3600)
    well(tale)
    assert {e.details["command"] for e in tale.all("command.sent *")} == {"restart"}


def test_t7_an_outage_in_a_scheduled_night_leaves_off_what_the_schedule_wants_off() -> None:
    night = fault("scheduled_off", "linkeddisk", 600, amount=4 * 3600)
    tale = play(out(0, 7200), night, until_s=LONG)
    well(tale)
    assert tale.at("server.booting rack1") > 600 + 4 * 3600 - 2000


def test_o2_s27_what_somebody_works_on_is_told_nothing() -> None:
    tale = play(out(0, 1500), fault("server_in_maintenance", "rack1", -60, 600), until_s=LONG)
    holds(tale, "server_in_maintenance")
    assert all(t >= 600 for t in tale.times("command.sent rack1 command=shutdown"))


def test_o2_whoever_has_left_before_a_service_heard_him_holds_nothing() -> None:
    """He asked for it while the nodes slept, and asks again; he wants it back since."""
    tale = play(out(0, 4000), fault("server_in_maintenance", "control1", 3030, 3055), until_s=2 * HOUR_S)
    assert tale.all("hold.released control1")
    tale.never("hold.set control1")


def test_o3_a_load_that_nobody_manages_empties_the_battery_sooner() -> None:
    alone, shared = (play(out(0, 900), h, until_s=2000) for h in ([], fault("ups_shared", "ups1", -1)))
    left = [min(e.details["charge_pct"] for e in tale.all("ups.charge ups1")) for tale in (alone, shared)]
    assert left[1] < left[0] - 5
