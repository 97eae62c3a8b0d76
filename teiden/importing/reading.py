"""Reads every file that was given, whatever each is, into one draft. All that is wrong is told at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from teiden.files.source import InputError, Place
from teiden.importing import apc, inventory, missing, nut, nut_files
from teiden.importing.draft import Draft
from teiden.importing.kinds import NUT, Kind, kind_of
from teiden.importing.text import Text, read
from teiden.language.say import t

ORDER = (Kind.CSV, *sorted(NUT, key=lambda kind: kind.value), Kind.CONFIG_APC)
"""An inventory names the devices, so it comes first; config.apc fits its array into what is known by then."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file as the person has named it, `web1=/etc/nut/upsmon.conf` with the machine it is of."""

    path: str
    machine: str = ""


def given(argument: str) -> Given:
    """An `=` within the path itself is none of ours."""
    machine, equals, path = argument.partition("=")
    if equals and machine and "/" not in machine and not os.path.exists(argument):
        return Given(path, machine)
    return Given(argument)


def draft_of(files: Iterable[Given], told: str | None = None) -> Draft:
    """The draft, or InputError with everything that is wrong; `told`: `nut`, `config-apc` or `csv`."""
    draft, found = Draft(), []
    for one in files:
        try:
            text = read(one.path)
        except InputError as error:
            draft.problems += error.problems
            continue
        kind = kind_of(text, told)
        if kind is None:
            draft.wrong(Place(one.path), t("what this file is cannot be told from its content"), _hint(told))
        else:
            found.append((kind, text, one.machine))
    _read(found, draft)
    if draft.problems:
        raise InputError(draft.problems)
    missing.complete(draft)
    if draft.problems:
        raise InputError(draft.problems)
    return draft


def _read(found: list[tuple[Kind, Text, str]], draft: Draft) -> None:
    known = nut_files.Nut()
    for kind, text, machine in sorted(found, key=lambda one: ORDER.index(one[0])):
        if kind is Kind.CSV:
            try:
                inventory.read(text, draft)
            except InputError as error:
                draft.problems += error.problems
        elif kind is Kind.CONFIG_APC:
            apc.read(text, draft)
        else:
            nut_files.read(kind, text, machine, known, draft)
    nut.settle(known, draft)


def _hint(told: str | None) -> str:
    names = "ups.conf, upsd.conf, upsd.users, upsmon.conf, upssched.conf"
    if told == "nut":
        return t("give it its own name: {names}", names=names)
    return t("say what it is: `teiden import nut`, `config-apc` or `csv`, then the file")
