"""`teiden probe` on pretend cards that listen on real sockets, in a thread of their own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from teiden.cli import main
from teiden.emulator.snmp import apc, rfc1628
from teiden.emulator.snmp.apc import BATTERY_STATUS, CHARGE, MODEL, OUTPUT_STATUS, RUNTIME, powernet
from teiden.emulator.snmp.objects import Oid, Value
from teiden.probe.asking import WrongWords, address
from tests.carded import Carded

SILENT_PORT = 9
"""Nobody listens there (discard)."""


@contextmanager
def served(tables: Any = apc, instead: dict[Oid, Value | None] | None = None) -> Iterator[int]:
    """A pretend card; the port it listens on."""
    ready, ports = threading.Event(), [0]
    stops: list[Any] = []

    async def serve() -> None:
        done = asyncio.Event()
        stops.extend((asyncio.get_running_loop(), done))
        agent = Carded(tables).agent()
        agent.faults.instead = instead or {}
        await agent.start()
        ports[0] = agent.port
        ready.set()
        await done.wait()
        await agent.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield ports[0]
    finally:
        loop, done = stops
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        assert not thread.is_alive()


def probe(*args: object) -> Result:
    result = CliRunner().invoke(main, ["probe", *map(str, args)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_json_tells_what_is_understood_and_null_is_unknown() -> None:
    odd: dict[Oid, Value | None] = {
        BATTERY_STATUS: None,
        powernet("11.1.1"): None,
        CHARGE: 0,
        powernet("2.3.1"): 0,
        RUNTIME: 4294967295,
        MODEL: "\0\0",
        powernet("1.2.5"): None,
    }
    with served(instead=odd) as port:
        result = probe(f"127.0.0.1:{port}", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (told["profile"], told["output_on"], told["on_battery"]) == ("apc", True, False)
    assert [told[key] for key in ("low_battery", "charge_pct", "runtime_s", "model", "off_armed")] == [
        None
    ] * 5
    assert told["settings"]["shutdown_delay_s"] == 180.0
    assert told["odd"] == [
        "no model",
        "no battery status",
        "charge 0 % of a battery that is not low",
        "runtime 4294967295 ticks",
    ]


def test_a_person_gets_a_small_table_in_both_languages() -> None:
    with served(rfc1628) as port:
        english, japanese = probe(f"127.0.0.1:{port}"), probe(f"127.0.0.1:{port}", "--lang", "ja")
    assert english.exit_code == japanese.exit_code == 0
    rows = dict(line.split("  ", 1) for line in english.stdout.splitlines())
    assert rows["table"].strip() == "rfc1628"
    assert rows["mains"].strip() == "yes, 100 V"
    assert "odd" not in rows
    assert "商用電源" in japanese.stdout


def test_version_3_takes_its_pass_phrases_from_where_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "writer-auth")
    monkeypatch.setenv("B_SECRET", "writer-priv")
    keys = ("--user", "writer", "--auth", "sha256", "--privacy", "aes256", "--json")
    with served() as port:
        where = f"127.0.0.1:{port}"
        right = probe(where, *keys, "--secret", "env:A_SECRET", "--privacy-secret", "env:B_SECRET")
        wrong = probe(where, *keys, "--secret", "env:B_SECRET")
    assert json.loads(right.stdout)["profile"] == "apc"
    assert wrong.exit_code == 3
    assert wrong.stderr == (f"{where}: authentication: the authentication pass phrase or protocol is wrong\n")


def test_silence_is_one_clear_line_and_exit_code_3() -> None:
    with served() as port:
        community = probe(f"127.0.0.1:{port}", "--community", "wrong", "--timeout", "0.1")
    closed = probe(f"127.0.0.1:{SILENT_PORT}", "--timeout", "0.1")
    for result in (community, closed):
        assert result.exit_code == 3
        assert len(result.stderr.splitlines()) == 1
        assert "no answer" in result.stderr
        assert "A wrong community is answered by silence too" in result.stderr


def test_a_device_that_is_no_ups_is_told_from_silence() -> None:
    with served(instead={OUTPUT_STATUS: None}) as port:
        result = probe(f"127.0.0.1:{port}", "--mib", "rfc1628")
    assert result.exit_code == 3
    assert "it answers SNMP, but not rfc1628" in result.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["card:port"], "neither HOST nor HOST:PORT"),
        (["card:70000"], "neither HOST nor HOST:PORT"),
        (["card", "--user", "teiden"], "needs --user and --secret"),
        (["card", "--user", "teiden", "--secret", "hunter22"], "not on the command line"),
        (
            ["card", "--user", "u", "--secret", "env:A", "--privacy-secret", "hunter22:x"],
            "not on the command",
        ),
        (["card", "--user", "teiden", "--secret", "env:NO_SUCH"], "the environment has no NO_SUCH"),
        (["card", "--version", "3"], "needs --user and --secret"),
        (["card", "--group", "1"], "--mib apc"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_asked_is_exit_code_2_and_shows_no_secret(args: list[str], words: str) -> None:
    result = probe(*args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "hunter22" not in result.stderr


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("ups1", ("ups1", 161)),
        ("192.0.2.1:1161", ("192.0.2.1", 1161)),
        ("2001:db8::1", ("2001:db8::1", 161)),
        ("[2001:db8::1]", ("2001:db8::1", 161)),
        ("[2001:db8::1]:1161", ("2001:db8::1", 1161)),
    ],
)
def test_an_address_may_have_a_port(where: str, expected: tuple[str, int]) -> None:
    assert address(where) == expected


@pytest.mark.parametrize("where", ["", ":161", "ups1:", "ups1:0", "[::1", "a:b:c]:1x"])
def test_an_address_that_is_none_is_said(where: str) -> None:
    if where.count(":") > 1 and not where.startswith("["):
        assert address(where) == (where, 161)  # left to the system, which knows no such host
        return
    with pytest.raises(WrongWords):
        address(where)


def test_without_pysnmp_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from teiden.probe import asking

    def missing(*args: object, **settings: object) -> None:
        raise ModuleNotFoundError("No module named 'pysnmp'")

    monkeypatch.setattr(asking, "ask", missing)
    result = probe("card")
    assert result.exit_code == 3
    assert 'pip install "teiden[snmp]"' in result.stderr


def test_the_howto_shows_what_the_command_says() -> None:
    text = (Path(__file__).parents[2] / "docs" / "howto" / "probe.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- the table -->\n\n")[2].partition("\n\n")[0]
    with served() as port:
        told = probe(f"127.0.0.1:{port}").stdout
    assert [line.strip() for line in shown.splitlines()] == told.splitlines()
