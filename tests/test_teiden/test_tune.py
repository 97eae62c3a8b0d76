"""`plan --tune`: the smallest change that makes a site safe with a margin, by the rules' own numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.site import Site
from teiden.files.site_file import load_site, site_from_text
from teiden.files.source import InputError
from teiden.plan.arithmetic import KeyPath
from teiden.rules.finding import Severity
from teiden.rules.report import check
from teiden.tune.proposal import Result, Tuned, tune
from teiden.tune.settings import Keep
from tests.halls import hall
from tests.thinned import thinned

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "scenarios" / "sites" / "reference.yaml").read_text(encoding="utf-8")
VER1 = {"product: ver2.1": "product: ver1.02", "flush_limit: 300s": "flush_limit: 1200s"}


@pytest.fixture
def site_file(tmp_path: Path):
    """The reference site with some of its text replaced, as a file."""

    def written(changes: dict[str, str] | None = None, text: str = REFERENCE) -> Path:
        for old, new in (changes or {}).items():
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / "site.yaml"
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return written


def values(tuned: Tuned) -> dict[str, object]:
    return {".".join(map(str, path[1:])): row.after for row in tuned.rows for path in row.paths}


def reasons(tuned: Tuned) -> dict[str, str]:
    return {
        ".".join(map(str, path[1:])): row.because.rule.id
        for row in tuned.rows
        for path in row.paths
        if row.because is not None
    }


def assert_proved(tuned: Tuned, margin_s: float = 60.0) -> None:
    """No error is left, no warning is new, every headline margin is as large as stated."""
    assert tuned.result is Result.PROPOSED
    assert tuned.report is not None
    assert tuned.report.exit_code == 0
    before = {f.key for f in check(tuned.site_file).findings if f.severity is Severity.WARNING}
    assert {f.key for f in tuned.report.findings if f.severity is Severity.WARNING} <= before
    headline = [m for j in tuned.report.judged for m in j.margins if m.headline and m.unit == "s"]
    assert headline
    assert min(m.left for m in headline) >= margin_s


def test_r6_14_the_reference_site_is_safe_as_it_is(site_file) -> None:
    tuned = tune(site_file(), 60.0)
    assert (tuned.result, tuned.rows, tuned.patch) == (Result.SAFE, (), "")


def test_r6_14_ver1_with_its_1200_s_flush_needs_later_confirm_times_and_one_battery(site_file) -> None:
    tuned = tune(site_file(VER1), 60.0)
    assert_proved(tuned)
    assert values(tuned) == {
        "ups1.confirm": 1740.0,
        "ups2.confirm": 1740.0,
        "ups3.confirm": 30 + 420 + 1200 + 60.0,
        "nightly.on": "23:06",
        "ups4.runtime": 30 + 420 + 1200 + 60.0,
    }
    assert reasons(tuned)["ups3.confirm"] == "R6-14"
    assert reasons(tuned)["ups4.runtime"] == "R9-07"
    assert reasons(tuned)["nightly.on"] == "R10-46"


def test_r6_48_the_flush_limit_is_never_below_the_products_own(site_file) -> None:
    """1200 s with ver2.1 may become 390; with ver1.02, whose own it is, it stays."""
    tuned = tune(site_file({"flush_limit: 300s": "flush_limit: 1200s"}), 60.0)
    assert_proved(tuned)
    assert values(tuned)["flush_limit"] == 900 - 30 - 420 - 60
    assert "flush_limit" not in values(tune(site_file(VER1), 60.0))


def test_r6_42_a_flush_limit_that_is_kept_stays(site_file) -> None:
    tuned = tune(site_file({"flush_limit: 300s": "flush_limit: 1200s"}), 60.0, ("linkage.flush_limit",))
    assert_proved(tuned)
    assert "flush_limit" not in values(tuned)
    assert values(tuned)["ups3.confirm"] == 1710.0


def test_r6_14_two_arrays_in_series_need_1050_s_and_the_margin(site_file) -> None:
    power = "enclosures: {upses: [ups4]}, controllers: {upses: [ups4]}"
    users = 'upses: [ups6], arrays: [linkeddisk{}], mac: "02:00:5e:00:06:02"'
    changes = {
        "server_defaults:": f"  seconddisk: {{role: linked, address: 192.0.2.33, {power}}}\nserver_defaults:",
        users.format(""): users.format(", seconddisk"),
    }
    tuned = tune(site_file(changes), 60.0)
    assert_proved(tuned)
    assert values(tuned)["ups3.confirm"] == 30 + 420 + 2 * 300 + 60
    assert values(tuned)["ups1.confirm"] == values(tuned)["ups2.confirm"] == 1140.0


def test_r9_07_a_weak_battery_first_leads_to_shorter_times(site_file) -> None:
    """400 s against 60 + 420: the card's next shorter delay is 20 s, and 60 + 260 + 60 fits."""
    weak = site_file({"runtime: 20m, label: Bladeサーバ": "runtime: 400s, label: Bladeサーバ"})
    tuned = tune(weak, 60.0)
    assert_proved(tuned)
    assert values(tuned) == {"ups5.shutdown_delay": 20.0}
    bought = tune(weak, 60.0, ("shutdown_delay", "confirm"))
    assert_proved(bought)
    assert values(bought) == {"ups5.runtime": 540.0}


def test_r9_07_a_battery_too_weak_for_any_times_is_the_only_thing_bought(site_file) -> None:
    tuned = tune(site_file({"runtime: 20m, label: Bladeサーバ": "runtime: 340s, label: Bladeサーバ"}), 60.0)
    assert_proved(tuned)
    assert values(tuned) == {"ups5.runtime": 540.0}


def test_r9_07_a_weak_control_battery_brings_the_control_side_forward(site_file) -> None:
    tuned = tune(site_file({"runtime: 45m": "runtime: 1300s"}), 60.0)
    assert_proved(tuned)
    assert values(tuned) == {
        "ups3.confirm": 1300 - 300 - 180 - 60.0,
        "ups5.shutdown_delay": 20.0,
        "ups6.shutdown_delay": 20.0,
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"confirm: 930s": "confirm: 900s"}, {"ups3.confirm": 870.0}),
        ({"confirm: 30s": "confirm: 900s"}, {"ups4.confirm": 30.0}),
        (
            {"confirm: 60s, runtime: 20m, label: Blade": "confirm: 20s, runtime: 20m, label: Blade"},
            {"ups5.confirm": 60.0},
        ),
        ({"192.0.2.12, confirm: 930s": "192.0.2.12, confirm: 940s"}, {"ups1.confirm": 940.0}),
    ],
)
def test_r6_12_equal_and_inverted_confirm_times_are_put_in_order(site_file, changes, expected) -> None:
    tuned = tune(site_file(changes), 60.0)
    assert_proved(tuned)
    assert values(tuned) == expected


def test_r10_09_a_delay_too_short_for_its_servers_becomes_one_that_the_card_knows(site_file) -> None:
    """240 s and the margin are more than 20 + 120 + 120; the next delay that a card keeps is 180 s."""
    short = {
        "label: Bladeサーバ": "label: Bladeサーバ, shutdown_delay: 20s",
        "host: 192.0.2.51, limit: 180s": "host: 192.0.2.51, limit: 240s",
    }
    tuned = tune(site_file(short), 60.0)
    assert_proved(tuned)
    assert values(tuned) == {"ups5.shutdown_delay": 180.0}
    assert reasons(tuned) == {"ups5.shutdown_delay": "R10-09"}


def test_r10_09_no_delay_beyond_what_the_card_knows_is_proposed(site_file) -> None:
    tuned = tune(site_file(), 3600.0)
    assert tuned.result is Result.IMPOSSIBLE
    assert {o.want.rule.id for o in tuned.obstacles} == {"R10-09"}


def test_r6_22_a_warm_up_time_becomes_a_multiple_of_360_s(site_file) -> None:
    changed = {"warm_up: {rank: 1, time: 720s}, label: 制御": "warm_up: {rank: 1, time: 700s}, label: 制御"}
    assert values(tune(site_file(changed), 60.0)) == {"ups3.warm_up.time": 720.0}


def test_r10_46_a_night_too_short_begins_later(site_file) -> None:
    tuned = tune(site_file({"on: 22:48": "on: 22:30"}), 60.0)
    assert_proved(tuned)
    assert values(tuned) == {"nightly.on": "22:48"}


def test_r10_46_a_night_that_is_kept_is_listed_and_the_rest_is_tuned(site_file) -> None:
    tuned = tune(site_file(VER1), 60.0, ("schedules",))
    assert "nightly.on" not in values(tuned)
    assert [w.rule.id for w in tuned.left] == ["R10-46"]
    assert tuned.report is not None
    assert tuned.report.exit_code == 0


def test_r9_07_a_battery_that_may_not_be_bought_names_the_inequality(site_file) -> None:
    weak = site_file({"runtime: 20m, label: Bladeサーバ": "runtime: 340s, label: Bladeサーバ"})
    tuned = tune(weak, 60.0, ("runtime",))
    (obstacle,) = tuned.obstacles
    assert (tuned.result, tuned.patch, obstacle.want.rule.id) == (Result.IMPOSSIBLE, "", "R9-07")
    assert obstacle.want.margin is not None
    assert obstacle.want.margin.needs.in_words() == "60 (ups5 confirm) + 260 (ups5 off)"
    assert (obstacle.want.margin.has.total, obstacle.want.short) == (340, 40)
    assert obstacle.kept == (("upses", "ups5", "runtime"),)


def test_n1_cabling_is_not_a_matter_of_times(site_file) -> None:
    tuned = tune(site_file({"upses: [ups1, ups2]}      #": "upses: [ups5]}      #"}), 60.0)
    assert tuned.result is Result.IMPOSSIBLE
    assert [o.want.rule.id for o in tuned.obstacles] == ["N1"]


def test_r12_05_wiring_that_no_time_mends_is_known_at_once(site_file) -> None:
    wrong = {"role: control, upses: [ups1], arrays": "role: control, upses: [ups4], arrays"}
    tuned = tune(site_file(wrong), 60.0)
    assert (tuned.result, tuned.given_up) == (Result.IMPOSSIBLE, False)
    assert "R12-05" in {o.want.rule.id for o in tuned.obstacles}


def test_r9_07_a_runtime_that_nobody_states_is_not_invented(site_file) -> None:
    tuned = tune(site_file({**VER1, "runtime: 20m, ": ""}), 60.0)
    assert [(ups, needs.total) for ups, needs in tuned.unstated] == [("ups5", 480.0), ("ups6", 480.0)]
    assert not any(name.startswith(("ups5", "ups6")) for name in values(tuned))


@pytest.mark.parametrize("margin_s", thinned([60.0, 0.0, 119.0], 3))
def test_whatever_the_margin_the_result_is_proved_and_the_same_each_time(site_file, margin_s) -> None:
    path = site_file(VER1)
    tuned = tune(path, margin_s)
    assert_proved(tuned, margin_s)
    assert tune(path, margin_s).patch == tuned.patch


def test_nothing_proposed_is_superfluous(site_file) -> None:
    """Each value alone back to what it was: something is demanded again."""
    tuned = tune(site_file(VER1), 0.0)
    assert_proved(tuned, 0.0)
    assert all(row.because is not None for row in tuned.rows)


@pytest.mark.long
def test_o1_a_hall_of_120_upses_is_tuned(site_file) -> None:
    tuned = tune(site_file(text=hall(120, arrays=4)), 60.0)
    assert_proved(tuned)
    needs = 30 + 420 + 4 * 300 + 60
    assert values(tuned)["ups3.confirm"] == needs
    assert {n: v for n, v in values(tuned).items() if n.endswith("runtime")} == {
        f"ups{n}.runtime": needs for n in (4, 5, 6, 7)
    }


@pytest.mark.long
def test_a_hall_of_weak_batteries_is_one_reason_in_one_row(site_file) -> None:
    tuned = tune(site_file(text=hall(120, arrays=1, runtime="300s")), 60.0)
    assert_proved(tuned)
    (row,) = tuned.rows
    assert (len(row.paths), row.after) == (116, 540.0)
    assert tuned.patch.count("\n+") == 2, "one line of ups_defaults and its file's name"


def test_an_unknown_key_to_keep_is_refused_with_what_was_meant(site_file) -> None:
    with pytest.raises(InputError, match="did you mean `runtime`"):
        tune(site_file(), 60.0, ("runtme",))


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("runtime", True),
        ("ups5", True),
        ("ups5.runtime", True),
        ("upses.*.runtime", True),
        ("upses", True),
        ("ups6", False),
        ("ups5.confirm", False),
        ("ups", False),
    ],
)
def test_keys_to_keep_are_parts_of_the_way(key: str, kept: bool) -> None:
    path: KeyPath = ("upses", "ups5", "runtime")
    assert (path in Keep((key,))) is kept


def test_the_proposal_is_the_site_that_was_computed(site_file) -> None:
    """The patched text, read again, differs in nothing but the values."""
    path = site_file(VER1)
    tuned = tune(path, 60.0)
    before: Site = load_site(path).site
    after = site_from_text(patched(path.read_text(encoding="utf-8"), tuned)).site
    assert after.servers == before.servers
    assert {n for n, u in after.upses.items() if u != before.upses[n]} == {"ups1", "ups2", "ups3", "ups4"}


def patched(text: str, tuned: Tuned) -> str:
    """The hunks of the patch applied line by line."""
    old = text.split("\n")
    new, at = [], 0
    for line in tuned.patch.split("\n")[2:]:
        if line.startswith("@@"):
            start = int(line.split()[1].split(",")[0].lstrip("-")) - 1
            new += old[at:start]
            at = start
        elif line.startswith("+"):
            new.append(line[1:])
        elif line:
            assert old[at] == line[1:], line
            at += 1
            new += [line[1:]] if line.startswith(" ") else []
    return "\n".join(new + old[at:])
