"""Lines at the request socket: understood wholly, or refused in words (R2-05)."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.request_lines import MAX_NAMES, Malformed, reply_line, request_from
from sequencer.requests import Request, Wish

PEER = "uid 1000, process 7"


def line(**told: object) -> bytes:
    return json.dumps(told).encode()


def heard(content: bytes) -> Request:
    return request_from(content, PEER, "fresh")


def test_r2_05_a_whole_request_is_understood() -> None:
    told = line(id="a1", wish="power_off", of=["blade1", "blade2"], by="夜間バックアップ")
    by = f"夜間バックアップ ({PEER})"
    assert heard(told) == Request("a1", Wish.POWER_OFF, ("blade1", "blade2"), by)


def test_who_asks_is_what_the_system_says_whatever_the_caller_calls_itself() -> None:
    assert heard(line(wish="hold", of=["ups5"])).by == PEER
    assert heard(line(wish="hold", of=["ups5"], by="root")).by == f"root ({PEER})"


def test_a_request_without_an_id_gets_a_fresh_one() -> None:
    assert heard(line(wish="hold", of=["ups5"])).id == "fresh"


def test_a_name_given_twice_counts_once() -> None:
    assert heard(line(wish="power_on", of=["a", "b", "a"])).of == ("a", "b")


@pytest.mark.parametrize("wish", ["power_off", "power_on"])
def test_everything_is_said_in_so_many_words(wish: str) -> None:
    assert heard(line(wish=wish, of="everything")).of == ()


@pytest.mark.parametrize("told", [{}, {"of": []}, {"of": None}, {"of": ""}, {"of": "all"}, {"of": "blade1"}])
def test_nothing_named_by_mistake_never_means_everything(told: dict[str, object]) -> None:
    with pytest.raises(Malformed, match=r'of is a list of names, e\.g\. .*, or "everything"'):
        heard(line(wish="power_off", **told))


@pytest.mark.parametrize("wish", ["hold", "release"])
def test_s27_a_hold_names_its_devices(wish: str) -> None:
    with pytest.raises(Malformed, match="of is a list of names"):
        heard(line(wish=wish, of="everything"))


@pytest.mark.parametrize(
    "wish",
    ["cluster_shutdown", "cluster_reboot", "server_shutdown", "server_reboot", "OFF", "", None, 3, ["hold"]],
)
def test_r2_08_what_the_clusters_manager_does_is_not_asked_for_here(wish: object) -> None:
    with pytest.raises(Malformed, match="it is one of hold, power_off, power_on, release"):
        heard(line(wish=wish, of=["a"]))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"power off please", "not JSON: Expecting value at column 1"),
        (b"{", "not JSON"),
        (b"\xff{}", "not UTF-8"),
        (b"[]", "a request is an object"),
        (b"3", "a request is an object"),
        (b"[" * 60_000, "nested too deeply|not JSON"),
        (b'{"wish": "hold", "wish": "power_off", "of": ["a"]}', "stands twice"),
        (line(wish="hold", of=["a"], off="b"), 'unknown key "off"; a request has by, id, of, wish'),
        (line(wish="hold", of=["a"], id=7), "id is one line of text"),
        (line(wish="hold", of=["a"], id=""), "id is empty"),
        (line(wish="hold", of=["a"], id="x" * 101), "up to 100 characters"),
        (line(wish="hold", of=["a"], by="two\nlines"), "by is one line of text"),
        (line(wish="hold", of=["a"], by="\x1b[31mred"), "by is one line of text"),
        (line(wish="hold", of=["a", 3]), "3 is not a name"),
        (line(wish="hold", of=[""]), "is not a name"),
        (line(wish="hold", of=["a\u0000"]), "is not a name"),
        (line(wish="hold", of=["x"] * (MAX_NAMES + 1)), "of is a list"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_wrong_is_refused_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        heard(content)


def test_a_refusal_keeps_the_callers_own_id() -> None:
    with pytest.raises(Malformed) as refused:
        heard(line(id="a1", wish="nix", of=["a"]))
    assert refused.value.id == "a1"


LINES = st.binary(max_size=200) | st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(
    lambda value: line(wish="hold", of=value)
)


@settings(max_examples=25)
@given(LINES)
def test_no_line_whatever_raises_anything_but_malformed(content: bytes) -> None:
    with suppress(Malformed):
        assert heard(content).of


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(LINES)
def test_nor_does_any_of_many_more(content: bytes) -> None:
    with suppress(Malformed):
        assert heard(content).of


def test_a_reply_is_one_ascii_line() -> None:
    assert reply_line("a1", True) == b'{"id": "a1", "accepted": true}\n'
    told = reply_line("a1", None, "答えがない\n")
    assert told.isascii()
    assert told.count(b"\n") == 1
    assert json.loads(told) == {"id": "a1", "accepted": None, "reason": "答えがない\n"}
