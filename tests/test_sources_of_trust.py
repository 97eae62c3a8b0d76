"""What no source of ours may do: leave a certificate unchecked, or know the SNMP library in many places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("sequencer", "sim", "realtime", "teiden")
UNCHECKED = re.compile(
    r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False|_create_unverified_context|ssl\s*=\s*False"
    r"|known_hosts\s*=\s*None|yaml\.(unsafe_)?load\("
)
LOOKED_AT_ELSEWHERE = {"realtime/peers/tls.py": "the name in it is a node's, and is compared by us (SEC-19)"}
"""Files that may, and why."""
SNMP = ("realtime/snmp/", "teiden/emulator/")
"""One asks, the other answers in its place."""


def sources() -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in OURS
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def test_sec_8_nowhere_is_a_certificate_left_unchecked() -> None:
    found = {name: hit[0] for name, text in sources().items() if (hit := UNCHECKED.search(text))}
    assert set(found) - set(LOOKED_AT_ELSEWHERE) == set(), found


@pytest.mark.parametrize("text", ["verify=False", "context.verify_mode = ssl.CERT_NONE", "yaml.load(text)"])
def test_one_that_is_left_unchecked_is_seen(text: str) -> None:
    assert UNCHECKED.search(text)


def test_sec_25_one_folder_alone_knows_the_snmp_library() -> None:
    knowing = [
        n for n, text in sources().items() if re.search(r"^\s*(from|import) pysnmp", text, re.MULTILINE)
    ]
    assert knowing
    assert [name for name in knowing if not name.startswith(SNMP)] == []
