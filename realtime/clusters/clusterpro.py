"""CLUSTERPRO X (EXPRESSCLUSTER X): which of its commands serves which of our words, and what clpstat prints.

    ========================  CLUSTER STATUS  ===========================
      Cluster : ssccluster
      <server>
       *control1 ........: Online
          lankhb1        : Normal           Kernel Mode LAN Heartbeat
        control2 ........: Online
          lankhb1        : Normal           Kernel Mode LAN Heartbeat
      <group>
        failover1 .......: Online
          current        : control1
          fip1           : Online
    =====================================================================

That form is known from published outputs of X 4.2 to X 6.0, on Linux and Windows; `*` marks the server it
runs on. Of each section only the least indented lines and a group's `current` count (docs/howto/cluster.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from realtime.clusters.report import Group, Report, group
from realtime.program_output import text_of

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "state": ("clpstat",),
    "stop": ("clpcl", "-t", "-a"),
    "start": ("clpcl", "-s", "-a"),
    "restart": ("clpstdn", "-r"),
    "force": (),
}
"""Stop leaves the systems up: they are shut down by us. Force needs nothing: we stop waiting (S26)."""
AC_MODE = ("clpacmode",)
"""Prints its setting (R7-08); realtime/cluster_mode.py reads it."""

SECTION = re.compile(r"\s*<(\w+)>\s*")
LINE = re.compile(r"(?P<indent>[\s*]*)(?P<name>[^\s:](?:[^:]*?[^\s:])?)\s*\.*\s*:(?P<value>.*)")
MOST_LINES = 5000
LONGEST_LINE = 500
"""Of a line that is looked at; the pattern takes its time over long rows of blanks."""


class Unclear(ValueError):
    """What was printed is no report of a cluster; says what is missing."""


def is_report(output: str) -> bool:
    """Whether it is clpstat's, and not the two words of another program."""
    return "CLUSTER STATUS" in output or "<server>" in output


def report_of(output: bytes | str) -> Report:
    """What clpstat printed; Unclear if it names no server, or says two things of one."""
    sections = _sections(text_of(output))
    if "server" not in sections:
        raise Unclear("clpstat names no servers")
    servers: dict[str, str] = {}
    for name, status in _heads(sections["server"]):
        if servers.setdefault(name.lower(), status) != status:
            raise Unclear(f"clpstat says two things of {name}")
    if not servers:
        raise Unclear("clpstat names no servers")
    return Report(servers, tuple(_groups(sections.get("group", []))))


def _sections(text: str) -> dict[str, list[re.Match[str]]]:
    sections: dict[str, list[re.Match[str]]] = {}
    lines: list[re.Match[str]] = []
    for line in text.splitlines()[:MOST_LINES]:
        if begins := SECTION.fullmatch(line):
            lines = sections.setdefault(begins[1].lower(), [])
        elif len(line) <= LONGEST_LINE and (said := LINE.fullmatch(line)):
            lines.append(said)
    return sections


def _heads(lines: list[re.Match[str]]) -> Iterator[tuple[str, str]]:
    """The least indented ones: name and status."""
    edge = min((len(line["indent"]) for line in lines), default=0)
    for line in lines:
        if len(line["indent"]) == edge:
            yield line["name"], _status(line["value"])


def _groups(lines: list[re.Match[str]]) -> Iterator[Group]:
    edge = min((len(line["indent"]) for line in lines), default=0)
    for number, line in enumerate(lines):
        if len(line["indent"]) == edge:
            yield group(line["name"], _status(line["value"]), _current(lines[number + 1 :], edge))


def _current(lines: list[re.Match[str]], edge: int) -> str:
    for line in lines:
        if len(line["indent"]) == edge:
            break
        if line["name"].lower() == "current":
            return str(line["value"])
    return ""


def _status(value: str) -> str:
    """What stands before the comment, which two spaces set off."""
    return re.split(r"\s{2,}", value.strip(), maxsplit=1)[0].lower()
