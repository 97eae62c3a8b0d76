"""The site file: what it becomes, and where each of its settings stands."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sequencer.site import AcLink, ControlStop, FlushOrder, OffMode, Site, Timing
from sim.model import MIB
from teiden.files.kind import kind_of
from teiden.files.site_file import load_site, site_from_text
from teiden.files.source import InputError

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "scenarios/sites/reference.yaml"
TEXT = REFERENCE.read_text(encoding="utf-8")


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_the_shipped_site_is_the_one_of_the_reference_document(reference: Site) -> None:
    site = load_site(REFERENCE).site
    assert {u.name: (u.number, u.confirm_s, u.runtime_s) for u in site.upses.values()} == {
        "ups1": (1, 930, 3600),
        "ups2": (2, 930, 3600),
        "ups3": (3, 900, 2700),
        "ups4": (4, 30, 1500),
        "ups5": (5, 60, 1200),
        "ups6": (6, 60, 1200),
    }
    assert site.cluster == reference.cluster
    assert site.groups == reference.groups
    assert site.schedules["nightly"].except_dates == ("2027-01-01",)
    assert (site.linkage.flush_limit_s, site.linkage.flush_order) == (300, FlushOrder.SERIAL)
    assert site.control_stop is ControlStop.HOLD


def test_defaults_of_all_upses_and_servers_reach_each_of_them() -> None:
    site = load_site(REFERENCE).site
    assert {(u.shutdown_delay_s, u.low_battery_runtime_s, u.timing) for u in site.upses.values()} == {
        (180, 120, Timing.LEGACY)
    }
    assert site.upses["ups5"].snmp.version == "3"
    assert site.servers["rack1"].ac_link is AcLink.BOOT
    assert site.servers["rackpool"].ac_link is AcLink.STAY_OFF, "its own word goes before the default"


def test_nested_defaults_are_merged_key_by_key() -> None:
    text = changed(
        ("  snmp: {mib: apc,", "  warm_up: {rank: 3, time: 360s}\n  snmp: {mib: apc,"),
        ("confirm: 60s, runtime: 20m,", "confirm: 60s, warm_up: {rank: 2}, snmp: {version: 2c},"),
        ("ac_link: boot}", "ac_link: boot, shutdown: {by: ssh, limit: 90s}}"),
        ("host: 192.0.2.51, limit: 180s", "host: 192.0.2.51"),
    )
    site = site_from_text(text).site
    ups5 = site.upses["ups5"]
    assert (ups5.warm_up_rank, ups5.warm_up_time_s) == (2, 360)
    assert (ups5.snmp.version, ups5.snmp.user) == ("2c", "teiden")
    assert site.servers["blade1"].shutdown_limit_s == 90
    assert site.servers["blade1"].shutdown_host == "192.0.2.51"


def test_the_pretend_room_knows_every_device() -> None:
    model = load_site(REFERENCE).model
    assert model.servers["control2"].boot_s == 240
    assert model.servers["rackpool"].shutdown_s == 90
    assert model.arrays["linkeddisk"].flush_rate == 64 * MIB
    assert model.arrays["controldisk"].dirty_bytes == 12 * 1024 * MIB
    assert model.network.latency_s == 0.02


def test_the_pretend_battery_lasts_what_the_site_counts_on_unless_the_model_says_otherwise() -> None:
    model = site_from_text(
        changed(("model: ", "model:\n  upses: {ups3: {runtime: 10m, health: 80%}}\n#"))
    ).model
    assert model.upses["ups1"].runtime_s == 3600
    assert (model.upses["ups3"].runtime_s, model.upses["ups3"].health) == (600, 0.8)


def test_a_server_of_the_model_goes_before_its_role() -> None:
    text = changed(("  servers: {control:", "  servers: {blade1: {boot: 10m}, control:"))
    model = site_from_text(text).model
    assert (model.servers["blade1"].boot_s, model.servers["blade1"].shutdown_s) == (600, 90)
    assert model.servers["blade2"].boot_s == 180


@pytest.mark.parametrize(("product", "limit_s"), [("ver1.0", 1200), ("ver1.02", 1200), ("ver2.1", 300)])
def test_the_flush_limit_follows_the_product_when_the_file_gives_none(product: str, limit_s: float) -> None:
    text = changed(("product: ver2.1", f"product: {product}"), ("  flush_limit: 300s", "  #"))
    loaded = site_from_text(text)
    assert loaded.site.linkage.flush_limit_s == limit_s
    assert str(loaded.place(("linkage", "flush_limit"))) == "site.yaml:4:10", "it stands at `product`"


def test_every_setting_of_the_top_part_can_be_given() -> None:
    site = site_from_text(
        changed(
            ("confirm: 60s,", "confirm: 60s, timing: lcd, power_off_delay: 300s, off: after_halt,"),
            ("  flush_order: serial", "  seen_off_limit: 90s\n  flush_order: parallel"),
            ("control_stop: hold", "control_stop: document\nforce_before: 30s"),
            ("  gap: 10s", "  auto: false\n  array_limit: 1h\n  peer_limit: 3m\n  gap: 10s"),
            ("lan1: {upses: [ups1, ups2]}", "fc1: {kind: fc, upses: [ups3, ups4], minimum_supplies: 2}"),
        )
    ).site
    assert site.upses["ups5"].timing is Timing.LCD
    assert site.upses["ups5"].off is OffMode.AFTER_HALT
    assert site.linkage.flush_order is FlushOrder.PARALLEL
    assert (site.linkage.seen_off_limit_s, site.force_before_s) == (90, 30)
    assert site.control_stop is ControlStop.DOCUMENT
    assert (site.start.auto, site.start.array_limit_s, site.start.peer_limit_s) == (False, 3600, 180)
    assert site.switches["fc1"].minimum_supplies == 2


def test_a_setting_is_placed_at_its_device_or_at_the_defaults() -> None:
    loaded = load_site(REFERENCE)
    place = loaded.place(("upses", "ups3", "confirm"))
    assert (place.line, place.col, place.text[place.col - 1 :][: place.width]) == (22, 48, "900s")
    assert loaded.place(("upses", "ups3", "shutdown_delay")).text.startswith("  shutdown_delay: 180s")
    assert loaded.place(("servers", "blade1", "minimum_supplies")).text.startswith("server_defaults")
    assert loaded.place(("upses", "ups3", "return_charge")).text.startswith("  ups3: {")
    assert (
        loaded.place(("groups", "SSC", "groups", "SSC_Cluster", "devices"))
        .text.strip()
        .startswith("devices:")
    )
    assert loaded.place(("model", "servers", "blade1", "boot")).text.startswith("  servers: {control")


def test_groups_may_stand_below_groups_or_beside_the_slots() -> None:
    nested = changed(("    SSC_Cluster:", "    groups: {X: {}}\n    SSC_Cluster:"))
    (top,) = site_from_text(nested).site.groups
    assert {group.name for group in top.groups} == {"SSC_Cluster", "共有ディスク_連動用", "X"}


def test_changes_are_laid_over_a_site_and_alter_its_hash() -> None:
    plain = load_site(REFERENCE)
    loaded = load_site(REFERENCE, {"upses.ups3.confirm": "700s", "model": {"network": {"loss": "5%"}}})
    assert loaded.site.upses["ups3"].confirm_s == 700
    assert loaded.site.upses["ups3"].runtime_s == 2700, "its other settings stay"
    assert loaded.model.network.loss == 0.05
    assert loaded.model.network.latency_s == 0.02
    assert loaded.hash != plain.hash == load_site(REFERENCE).hash
    assert str(loaded.place(("upses", "ups3", "confirm"))).startswith("changes to ")


def test_a_change_to_null_takes_a_key_out() -> None:
    assert load_site(REFERENCE, {"schedules": None}).site.schedules == {}
    with pytest.raises(InputError, match="no server is named `blade2`"):
        load_site(REFERENCE, {"servers.blade2": None})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"upses.ups9.confirm": "30s"}, "the site has no upses.ups9"),
        ({"cluster.name.short": "x"}, "`cluster.name` has no keys"),
        ({"linkage.flush_limt": "30s"}, "unknown key `flush_limt` in linkage"),
        ({"linkage.flush_limit": 30}, "`30` has no unit"),
        ({"servers.blade9": None}, "there is no `servers.blade9` to take out"),
    ],
)
def test_a_change_that_fits_nothing_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as refused:
        load_site(REFERENCE, changes)
    assert message in str(refused.value)


def test_our_files_are_told_from_all_others_without_reading_yaml(tmp_path: Path) -> None:
    assert kind_of(REFERENCE) == "site"
    assert kind_of(ROOT / "scenarios/site-outage.yaml") == "story"
    assert kind_of(tmp_path / "missing.yaml") == ""
    assert kind_of(tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\ufeffschema: teiden/site/1\r\n", "site"),
        ("%YAML 1.2\n---\n# who wrote it\n\nschema: 'teiden/story/9'\n", "story"),
        ("story: One.\nschema: teiden/story/1\n", "story"),
        ("# licence\n" * 2000 + "schema: teiden/story/1\n", "story"),
        ("schema: teiden/stroy/1\n", "stroy"),
        ("schema: [teiden/story/1\n", ""),
        ("example:\n  schema: teiden/story/1\n", ""),
        ("# schema: teiden/story/1\n", ""),
        ("json_schema: teiden/story/1\n", ""),
        ("schema: others/story/1\nkey: {broken\n", ""),
    ],
)
def test_a_file_is_ours_by_its_schema_at_the_margin(tmp_path: Path, text: str, kind: str) -> None:
    path = tmp_path / "some.yaml"
    path.write_bytes(text.encode())
    assert kind_of(path) == kind


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_slip_of_the_pen_ends_in_a_traceback(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TEXT) - 1))
    length = data.draw(st.integers(0, 30))
    slip = data.draw(
        st.sampled_from(["", "\t", ":", "{", "}", "'", "- ", "&a ", "*a", "null", "3", "[]", "停"])
    )
    with suppress(InputError):
        site_from_text(TEXT[:start] + slip + TEXT[start + length :])
