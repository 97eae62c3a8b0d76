"""Generations of the product: limits, defaults, which SSC, licences; names, and the broadcast address."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from realtime.contacts import ClusterContact, Contacts
from teiden.broadcast import NoBroadcast, broadcast_address
from teiden.cli import main
from teiden.files.site_file import load_site, site_from_text
from teiden.files.source import InputError
from teiden.products import PRODUCTS, Pairing, exact_packs, pairing, product_for, rounded_packs, ssc_version
from teiden.rules.finding import Severity
from teiden.rules.registry import called

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "scenarios" / "sites" / "reference.yaml"
TEXT = REFERENCE.read_text(encoding="utf-8")


def teiden(*args: object) -> Result:
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


# Limits and defaults


@pytest.mark.parametrize(
    ("name", "arrays", "flush_limit_s", "config_apc"),
    [("ver1.0", 1, 1200, True), ("ver1.02", 1, 1200, True), ("ver2.1", 10, 300, False)],
)
def test_r1_07_r10_21_each_generation_has_the_documents_limits(
    name: str, arrays: int, flush_limit_s: float, config_apc: bool
) -> None:
    product = PRODUCTS[name]
    assert (product.linked_arrays, product.flush_limit_s) == (arrays, flush_limit_s)
    assert (product.linkage_port, product.config_apc) == (6001, config_apc)


@pytest.mark.parametrize("name", PRODUCTS)
def test_r10_21_a_site_without_a_flush_limit_has_its_products(name: str) -> None:
    text = TEXT.replace("product: ver2.1 ", f"product: {name} ").replace("  flush_limit: 300s ", "  # ")
    assert site_from_text(text).site.linkage.flush_limit_s == PRODUCTS[name].flush_limit_s


def test_r5_09_the_default_folders_are_the_documents() -> None:
    folders = {name: p.folder.replace("%SystemDrive%", "C:") for name, p in PRODUCTS.items()}
    assert folders == {
        "ver1.0": r"C:\AUTORC",
        "ver1.02": r"C:\AUTORC",
        "ver2.1": r"C:\Program Files (x86)\AUTORC",
    }


@pytest.mark.parametrize("key", ["port: 6002", "flush_limit: 600s", "timeout: 600s", "flush_order: parallel"])
def test_r6_43_port_and_time_out_of_a_single_array_are_refused_with_the_reason(key: str) -> None:
    text = TEXT.replace("    address: 192.0.2.32\n", f"    address: 192.0.2.32\n    {key}\n")
    line = text.splitlines().index(f"    {key}") + 1
    with pytest.raises(InputError) as refused:
        site_from_text(text)
    (problem,) = refused.value.problems
    name = key.partition(":")[0]
    assert (problem.place.line, problem.message) == (line, f"one array cannot have a `{name}` of its own")
    shared = {"timeout": "flush_limit"}.get(name, name)
    assert problem.allowed == f"all linked arrays share linkage.{shared} (R6-43)"


# Which SigmaSystemCenter


@pytest.mark.parametrize(
    ("ssc", "product", "pair"),
    [
        ("2.1", "ver2.1", Pairing.STATED),
        ("2.1", "ver1.02", Pairing.NONE),
        ("2.1", "ver1.0", Pairing.NONE),
        ("1.3", "ver2.1", Pairing.BY_THE_LETTER),
        ("1.3", "ver1.02", Pairing.STATED),
        ("1.3", "ver1.0", Pairing.NONE),
    ],
)
def test_r1_05_the_six_pairs(found, setting, reference, ssc: str, product: str, pair: Pairing) -> None:
    assert pairing(ssc, product) is pair
    findings = found("R1-05", setting(reference, ssc=ssc, product=product))
    severity = {Pairing.NONE: Severity.ERROR, Pairing.BY_THE_LETTER: Severity.WARNING}.get(pair)
    assert [f.severity for f in findings] == ([severity] if severity else [])


@pytest.mark.parametrize("ssc", ["2.10", "3.0", "3.10", "10"])
def test_r1_05_later_versions_go_with_ver2_1(found, setting, reference, ssc: str) -> None:
    assert not found("R1-05", setting(reference, ssc=ssc))
    assert product_for(ssc) == "ver2.1"


@pytest.mark.parametrize("ssc", ["1.2", "1.4", "2.0", "0.1"])
def test_r1_05_versions_of_which_nothing_is_said_are_a_warning(found, setting, reference, ssc: str) -> None:
    (finding,) = found("R1-05", setting(reference, ssc=ssc))
    assert (finding.severity, finding.path) == (Severity.WARNING, ("ssc",))


def test_r1_05_the_error_names_the_fitting_product(found, setting, reference) -> None:
    (finding,) = found("R1-05", setting(reference, ssc="1.3", product="ver1.0"))
    assert finding.path == ("product",)
    assert "ver1.02" in finding.remedies[0].remark


def test_r1_05_without_a_version_nothing_is_said(found, reference) -> None:
    assert not found("R1-05", reference)
    assert not found("R5-03", reference)


@pytest.mark.parametrize(("ssc", "told"), [("2.1", False), ("2.9", False), ("3.0", True), ("3.10", True)])
def test_r5_03_the_newer_program_is_asked_for_from_3_0_on(found, setting, reference, ssc, told) -> None:
    findings = found("R5-03", setting(reference, ssc=ssc))
    assert [f.severity for f in findings] == ([Severity.NOTE] if told else [])


@pytest.mark.parametrize(
    ("value", "read"), [('"2.1"', "2.1"), ("2.1", "2.1"), ("3", "3"), ('"3.10"', "3.10")]
)
def test_ssc_may_be_written_with_quotes_and_without(value: str, read: str) -> None:
    assert site_from_text(TEXT.replace("time_zone:", f"ssc: {value}\ntime_zone:")).site.ssc == read


@pytest.mark.parametrize("value", ["ver2.1", "true", '""', "2.1.3", "-1", '"2,1"', "1e3"])
def test_what_is_no_version_is_refused_at_its_place(value: str) -> None:
    text = TEXT.replace("time_zone:", f"ssc: {value}\ntime_zone:")
    line = text.splitlines().index(f"ssc: {value}") + 1
    with pytest.raises(InputError, match=rf"site\.yaml:{line}:6: error: ssc"):
        site_from_text(text)


def test_3_10_is_later_than_3_9() -> None:
    assert ssc_version("3.10") > ssc_version("3.9") > ssc_version("3")


# Licences


@pytest.mark.parametrize(
    ("servers", "exact", "rounded"),
    [
        (0, {}, {}),
        (1, {1: 1}, {10: 1}),
        (6, {1: 6}, {10: 1}),
        (10, {10: 1}, {10: 1}),
        (49, {10: 4, 1: 9}, {50: 1}),
        (50, {50: 1}, {50: 1}),
        (63, {50: 1, 10: 1, 1: 3}, {50: 1, 10: 2}),
        (500, {50: 10}, {50: 10}),
    ],
)
def test_r12_01_licence_packs(servers: int, exact: dict[int, int], rounded: dict[int, int]) -> None:
    assert (exact_packs(servers), rounded_packs(servers)) == (exact, rounded)


@given(st.integers(0, 10_000))
def test_r12_01_packs_cover_every_server(servers: int) -> None:
    assert sum(size * count for size, count in exact_packs(servers).items()) == servers
    assert 0 <= sum(size * count for size, count in rounded_packs(servers).items()) - servers < 10


def test_products_tells_limits_and_licences_of_a_site() -> None:
    result = teiden("products", REFERENCE)
    assert result.exit_code == 0
    assert "1 of 10 linked arrays, flush limit 300 s (default 300), port 6001" in result.stdout
    assert "licences for linked servers: 6 (4 linked, 2 pool), as packs 6 x 1 or 1 x 10" in result.stdout


def test_products_alone_compares_the_generations() -> None:
    lines = teiden("products").stdout.splitlines()
    assert lines[0].split() == list(PRODUCTS)
    assert lines[1].split() == ["linked", "arrays", "1", "1", "10"]


def test_the_ver1_site_is_the_reference_site_with_ver1s_limits() -> None:
    site, reference = load_site(ROOT / "scenarios/sites/ver1.yaml").site, load_site(REFERENCE).site
    assert pairing(site.ssc, site.product) is Pairing.STATED
    assert site.linkage == replace(reference.linkage, flush_limit_s=1200.0)
    assert (site.arrays, site.servers, site.cluster) == (
        reference.arrays,
        reference.servers,
        reference.cluster,
    )
    assert (
        teiden("check", ROOT / "scenarios/sites/ver1.yaml").stdout.splitlines()[-1].startswith("safe: 0 err")
    )


# Names (R12-09, decision 8)


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("a" * 15, None),
        ("a" * 16, Severity.ERROR),
        ("a" * 7 + "-" + "a" * 7, Severity.WARNING),
        ("a" * 7 + "-" + "a" * 8, Severity.ERROR),
        ("サーバ", Severity.ERROR),
        ("ｻｰﾊﾞ", Severity.ERROR),
        ("ｓｖ１", Severity.ERROR),
        ("sv 1", Severity.ERROR),
        ("sv.1", Severity.ERROR),
        ("-", Severity.ERROR),
    ],
)
def test_r12_09_server_names(found, reference, name: str, severity: Severity | None) -> None:
    servers = {**reference.servers, name: replace(reference.servers["rack2"], name=name)}
    findings = found("R12-09", replace(reference, servers=servers))
    assert [f.severity for f in findings] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("name", "ok"), [("c" * 15, True), ("c" * 16, False), ("ssc-1", False), ("ｸﾗｽﾀ", False)]
)
def test_r12_09_cluster_names_take_no_hyphen(found, setting, reference, name: str, ok: bool) -> None:
    findings = found("R12-09", setting(reference, cluster__name=name))
    assert [f.severity for f in findings] == ([] if ok else [Severity.ERROR])


@pytest.mark.parametrize(
    ("name", "ok"), [("", True), ("g" * 15, True), ("g" * 16, False), ("failover-1", False), ("ｸﾞﾙｰﾌﾟ", False)]
)
def test_r12_09_the_failover_group_that_counts_takes_no_hyphen_either(reference, name: str, ok: bool) -> None:
    (rule,) = called("R12-09")
    findings = rule.check(reference, None, Contacts(cluster=ClusterContact(group=name)))
    assert [f.path for f in findings] == ([] if ok else [("cluster", "manager", "group")])


# The broadcast address (R7-04, R7-07)


@pytest.mark.parametrize(
    ("address", "broadcast"),
    [
        ("172.16.134.12/24", "172.16.134.255"),
        ("172.16.134.12/255.255.255.0", "172.16.134.255"),
        ("172.16.134.12/20", "172.16.143.255"),
        ("172.16.134.13/30", "172.16.134.15"),
        ("10.0.0.0/8", "10.255.255.255"),
        (" 192.0.2.1/25 ", "192.0.2.127"),
    ],
)
def test_r7_07_the_broadcast_address_of_a_network(address: str, broadcast: str) -> None:
    assert broadcast_address(address) == broadcast
    assert teiden("broadcast", address).stdout == broadcast + "\n"


@given(st.integers(0, 2**32 - 1), st.integers(0, 30))
def test_r7_07_it_is_the_documents_formula(ip: int, prefix: int) -> None:
    def dotted(number: int) -> str:
        return ".".join(str(byte) for byte in number.to_bytes(4, "big"))

    mask = (2**32 - 1) << (32 - prefix) & (2**32 - 1)
    by_hand = (ip & mask) | (~mask & (2**32 - 1))
    assert broadcast_address(f"{dotted(ip)}/{prefix}") == dotted(by_hand)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("172.16.134.12", "the subnet mask is missing"),
        ("172.16.134.12/", "the subnet mask is missing"),
        ("172.16.134.12/31", "a /31 joins two machines"),
        ("172.16.134.12/32", "a /32 is one machine"),
        ("172.16.134.12/33", "neither address/24"),
        ("172.16.134.256/24", "neither address/24"),
        ("172.16.134.12/255.0.255.0", "neither address/24"),
        ("172.16.134.12/0.0.0.255", "neither address/24"),
        ("2001:db8::1/64", "IPv6 has no broadcast"),
        ("server1/24", "neither address/24"),
        ("", "the subnet mask is missing"),
    ],
)
def test_r7_07_where_there_is_no_broadcast_address_the_reason_is_said(address: str, reason: str) -> None:
    with pytest.raises(NoBroadcast, match=reason):
        broadcast_address(address)
    result = teiden("broadcast", address)
    assert result.exit_code == 2
    assert reason in result.stderr


@pytest.mark.parametrize("command", [("products",), ("broadcast",), ("config-apc",), ("config-apc", "read")])
def test_the_help_ends_with_an_example_that_works_from_a_clone(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = teiden(*command, "--help").stdout.rstrip().splitlines()[-1]
    program, name, *args = shlex.split(last)
    assert (program, name) == ("./run", "teiden")
    monkeypatch.chdir(ROOT)
    result = teiden(*args)
    assert result.exit_code == 0
    assert result.stdout
