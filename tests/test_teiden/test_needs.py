"""Every key of the site file has what it needs until it counts (R3-03, R6-45, R7-06)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from teiden.configuration.examine import examine
from teiden.configuration.needs import TABLE, WEIGHT, WORDS, Need, in_words, need_of, weightiest, whose
from teiden.files.schema import schema
from teiden.files.site_file import site_from_text
from teiden.language.say import speaking
from tests.site_files import LATER, POLLED
from tests.two_nodes import TWO


def keys_of(part: dict[str, Any], definitions: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[Any]:
    """Every key of the schema by its path, `*` for a name; groups below groups are left out."""
    part = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    yield above
    if len(above) > 8 or above.count("groups") > 1:
        return
    for name, inner in part.get("properties", {}).items():
        yield from keys_of(inner, definitions, (*above, name))
    for inner in part.get("patternProperties", {}).values():
        yield from keys_of(inner, definitions, (*above, "*"))
    for inner in part.get("anyOf", []):
        yield from keys_of(inner, definitions, above)
    if isinstance(inner := part.get("additionalProperties"), dict):
        yield from keys_of(inner, definitions, (*above, "*"))


@pytest.fixture(scope="module")
def keys() -> list[tuple[str, ...]]:
    whole = schema("site")
    return [key for key in dict.fromkeys(keys_of(whole, whole["$defs"])) if key]


def test_r6_45_every_key_of_the_schema_has_what_it_needs(keys: list[tuple[str, ...]]) -> None:
    assert len(keys) > 200
    assert {need_of(key) for key in keys} == set(Need)


def test_no_row_is_about_a_key_that_does_not_exist(keys: list[tuple[str, ...]]) -> None:
    assert [row for row in TABLE if row not in keys] == []


def test_r6_45_a_reload_does_for_nothing_that_another_machine_or_the_journal_knows(
    keys: list[tuple[str, ...]],
) -> None:
    """One that is added to the file needs a restart until somebody has thought about it."""
    light = {key[0] for key in keys if need_of(key) is Need.RELOAD}
    whole = {"ssc", "polling", "groups", "schedules", "calendar", "lan_watch", "model"}
    assert light == whole | {"upses", "arrays", "servers", "live"}
    for key in keys:
        if need_of(key) is Need.RELOAD and key[0] not in whole:
            assert key[-1] == "label" or key[:2] == ("live", "alarms"), key


@pytest.mark.parametrize(
    ("key", "need"),
    [
        ("cluster.broadcast", Need.SERVERS),
        ("cluster.port", Need.SERVERS),
        ("cluster.name", Need.CLUSTER),
        ("linkage.port", Need.SERVICE),
        ("arrays.linkeddisk.address", Need.SERVICE),
        ("upses.ups3.confirm", Need.SERVICE),
        ("upses.ups3.label", Need.RELOAD),
        ("live.journal", Need.SERVICE),
        ("live.alarms.webhook", Need.RELOAD),
        ("live.alarms.mail.secret", Need.SERVICE),
        ("polling.on_line", Need.RELOAD),
    ],
)
def test_r7_06_and_r6_45_what_a_key_needs(key: str, need: Need) -> None:
    assert need_of(tuple(key.split("."))) is need


def test_a_key_that_no_site_file_has_is_not_guessed_at() -> None:
    with pytest.raises(KeyError, match="colour"):
        need_of(("colour", "red"))


def test_the_weightiest_counts_and_comments_take_a_reload() -> None:
    assert weightiest([Need.RELOAD, Need.SERVERS, Need.SERVICE]) is Need.SERVERS
    assert weightiest([]) is Need.RELOAD
    assert list(WEIGHT) == list(Need) == list(WORDS)


def test_r7_06_which_servers_and_which_nodes() -> None:
    site = site_from_text(TWO).site
    assert set(whose(Need.SERVERS, site)) == {"control1", "control2", "blade1"}
    assert whose(Need.CLUSTER, site) == ("cluster",)
    assert whose(Need.SERVICE, site) == ("control1", "control2")


def test_r7_06_another_broadcast_address_needs_a_reboot_of_all_servers() -> None:
    other = TWO.replace("shutdown_limit: 40s}", "shutdown_limit: 40s, broadcast: 192.0.2.255}")
    found = examine(TWO, other, None, "site.yaml", "control1")
    (change,) = found.changes
    assert (change.key, change.need) == ("cluster.broadcast", "servers")
    assert set(change.of) == {"control1", "control2", "blade1"}


@pytest.mark.parametrize(
    ("candidate", "need", "keys"),
    [
        (POLLED, "reload", ["polling.on_line"]),
        (LATER, "service", ["upses.ups3.confirm"]),
        (TWO + "# a comment\n", "reload", []),
        (TWO.replace("on_line: 8s, ", ""), "reload", ["polling.on_line"]),
        (TWO + "schedules: {nightly: {servers: [blade1], off: '22:00'}}\n", "reload", None),
    ],
)
def test_r6_45_what_a_change_needs(candidate: str, need: str, keys: list[str] | None) -> None:
    found = examine(TWO, candidate, None, "site.yaml", "control1")
    assert (found.wrong, found.need) == ("", need)
    if keys is not None:
        assert [one.key for one in found.changes] == keys
        assert found.changed == len(keys)


def test_the_weightiest_change_is_told_first() -> None:
    both = LATER.replace("on_line: 8s", "on_line: 9s")
    found = examine(TWO, both, None, "site.yaml", "control1")
    assert [one.need for one in found.changes] == ["service", "reload"]


@pytest.mark.parametrize(
    ("candidate", "wrong"),
    [
        (TWO.replace("confirm: 90s", "confirm: 90"), "site.yaml:"),
        (TWO.replace("site: small", "site: large"), "another site"),
        (TWO.replace("control2", "control9"), "control2 is no control node in it"),
        ("{", "site.yaml"),
        ("", "site.yaml"),
    ],
)
def test_a_file_that_cannot_be_gone_by_says_why(candidate: str, wrong: str) -> None:
    assert wrong in examine(TWO, candidate, None, "site.yaml", "control2").wrong


def test_a_need_of_a_later_version_is_shown_as_it_is() -> None:
    assert in_words("moon") == "moon"
    with speaking("ja"):
        assert "再読み込み" in in_words("reload")
