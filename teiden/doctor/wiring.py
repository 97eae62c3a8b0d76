"""The commissioning record of the outlets: which device really hangs on which UPS, confirmed by whom and how.

No protocol tells it. Somebody pulls plugs, watches, and writes it down in a form that is made from the site:

    schema: teiden/wiring/1
    site: reference
    wiring:
      blade1:
        ups5: {by: Sato, at: 2026-11-20, how: "plug pulled, one supply reported lost"}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sequencer.site import Array, Server, Site, Switch
from teiden.files import yaml_marks
from teiden.files.source import InputError, Place, Problem
from teiden.files.text import read_text
from teiden.language.say import t

SCHEMA = "teiden/wiring/1"
KEYS = ("by", "at", "how")
PLAIN = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][a-z0-9_-]*", re.IGNORECASE)
"""Names that no reader of YAML takes for anything else."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    by: str
    at: str
    """ISO 8601 date."""
    how: str

    @property
    def whole(self) -> bool:
        return bool(self.by and self.at and self.how)


Record = Mapping[str, Mapping[str, Confirmed]]
"""By device and UPS."""


def wired(site: Site) -> dict[str, tuple[str, ...]]:
    """What hangs on which UPSes, as the site file says: servers, arrays, switches."""
    devices: tuple[Server | Array | Switch, ...] = (
        *site.servers.values(),
        *site.arrays.values(),
        *site.switches.values(),
    )
    return {device.name: device.upses for device in devices}


def form(site: Site, known: Record | None = None) -> str:
    """To be filled in; what is confirmed already, for the same UPSes, stays."""
    lines = [
        "# Outlet wiring: pull the plug of one supply at a time, and watch which machine tells of it.",
        "# Fill in who saw it, the day (2026-11-20) and how. `teiden doctor SITE --wiring FILE` reads it.",
        f"schema: {SCHEMA}",
        f"site: {_quoted(site.name)}",
        "wiring:",
    ]
    for device, upses in wired(site).items():
        lines.append(f"  {_quoted(device)}:")
        before = (known or {}).get(device, {})
        kept = before if set(before) == set(upses) else {}
        for ups in upses:
            said = kept.get(ups, Confirmed("", "", ""))
            told = ", ".join(f"{key}: {_quoted(getattr(said, key))}" for key in KEYS)
            lines.append(f"    {_quoted(ups)}: {{{told}}}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Plain where that is a name, else as YAML and JSON both read it."""
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def write_form(site: Site, path: Path) -> None:
    """A record that is there already is kept as far as it still fits. Raises InputError, OSError."""
    known = read(path) if path.exists() else None
    beside = path.with_name(path.name + ".new")
    beside.write_text(form(site, known), encoding="utf-8")
    beside.replace(path)


def read(path: Path) -> Record:
    """Raises InputError: it cannot be read, or is something else."""
    file = str(path)
    document, *_ = yaml_marks.parse(read_text(file).text, file)
    told = document.value
    problems = list(document.problems)
    if not problems and (not isinstance(told, dict) or told.get("schema") != SCHEMA):
        problems.append(Problem(document.start, t("this is no record of outlet wiring"), f"schema: {SCHEMA}"))
    if problems:
        raise InputError(problems)
    assert isinstance(told, dict)
    wiring = told.get("wiring")
    return {device: dict(_rows(device, rows, file)) for device, rows in _table(wiring, "wiring", file)}


def _rows(device: str, rows: object, file: str) -> Iterable[tuple[str, Confirmed]]:
    for ups, entry in _table(rows, device, file):
        said = dict(_table(entry, f"{device}.{ups}", file))
        strange = sorted(said.keys() - set(KEYS))
        if strange:
            raise _wrong(file, t("{where}: unknown key {key}", where=f"{device}.{ups}", key=strange[0]))
        by, at, how = (str(said.get(key) or "").strip() for key in KEYS)
        yield ups, Confirmed(by, _day(at, f"{device}.{ups}", file), how)


def _day(told: str, where: str, file: str) -> str:
    try:
        return date.fromisoformat(told[:10]).isoformat() if told else ""
    except ValueError:
        raise _wrong(
            file, t("{where}: at: {told} is no day such as 2026-11-20", where=where, told=told)
        ) from None


def _table(value: object, where: str, file: str) -> Iterable[tuple[str, object]]:
    if not isinstance(value, dict):
        raise _wrong(file, t("{where}: keys with values are expected", where=where))
    return value.items()


def _wrong(file: str, words: str) -> InputError:
    return InputError(
        [Problem(Place(file), words, t("`teiden doctor SITE --write-wiring FILE` makes a form"))]
    )
