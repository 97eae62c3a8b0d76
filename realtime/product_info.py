"""Which version of the product a machine has, and whether it reaches SigmaSystemCenter (R5-04, R5-07, R5-10).

Windows machines have `Version.txt` in the product's folder, Linux machines `.reginfo_euc.ini` and
`.reginfo_utf8.ini` in its data folder; `ac_pvm.exe` says `Return Value : 0` when it can log in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from realtime.program_output import text_of

ENTRY = re.compile(r"^\s*\[([^\]\n]+)\]\s*[:：]?[ \t　]*([^\n]*?)\s*$", re.MULTILINE)
PACK = re.compile(rb"^[ \t]*PackKind003Ver[ \t]*=[ \t]*([0-9]+(?:\.[0-9]+)*)[ \t]*\r?$", re.MULTILINE)
RETURNED = re.compile(r"^\s*Return\s+Value\s*[:：]\s*(-?[0-9]+)\s*$", re.IGNORECASE | re.MULTILINE)
VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """What `Version.txt` says; an entry that it lacks is empty."""

    model: str
    """[型番]: UL1282-201 for Ver.2.1 (R5-04)."""
    name: str
    version: str
    """[バージョン]: 2.10."""


def version_txt(content: bytes | str) -> ProductInfo | None:
    """The product information of a Windows machine; None if the file says no version."""
    entries = {re.sub(r"\s", "", key): value for key, value in ENTRY.findall(text_of(content))}
    version = entries.get("バージョン", "")
    if not VERSION.fullmatch(version):
        return None
    return ProductInfo(entries.get("型番", ""), entries.get("製品名", ""), version)


def pack_version(content: bytes) -> str | None:
    """The version in a Linux machine's `.reginfo` file, in either encoding: its line is ASCII in both.

    None if there is none, or if two lines differ.
    """
    found = {match.decode("ascii") for match in PACK.findall(content)}
    return found.pop() if len(found) == 1 else None


def return_value(output: bytes | str) -> int | None:
    """What `ac_pvm.exe` ended with, the last one it says; None if it says none. 0 is success (R5-07)."""
    found = RETURNED.findall(text_of(output))
    return int(found[-1]) if found else None
