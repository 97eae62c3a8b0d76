"""The section `[AcStorage]` of `config.apc`: which array is flushed, where, for how long at most (R6-46)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from teiden.apc.document import Document
from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t
from teiden.products import PRODUCTS

SECTION = "AcStorage"
ON, COUNT, ADDRESS, PORT, WAIT = "Storage", "StorageCount", "Storage00", "StoragePort", "CacheFlashWait"
OURS = re.compile(r"storage([0-9]+|count|port)?|cacheflashwait")
"""The keys that we understand, in lower case."""
NUMBERED = re.compile(r"storage[0-9]+")
UNREADABLE = -1
VER1 = PRODUCTS["ver1.02"]
DEFAULT_WAIT_S = int(VER1.flush_limit_s)
MAX_WAIT_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Storage:
    """What the section says."""

    linked: bool
    """The linkage is switched on."""
    address: str
    """IPv4 address of the one array that Ver.1.0x can link (R1-07); empty: none is registered."""
    port: int = VER1.linkage_port
    flush_limit_s: int = DEFAULT_WAIT_S
    """20 minutes where the key is missing (R6-48)."""

    @property
    def keys(self) -> dict[str, str]:
        """As they stand in the file, in its order."""
        address = {ADDRESS: self.address} if self.address else {}
        return {
            ON: str(int(self.linked)),
            COUNT: str(len(address)),
            **address,
            PORT: str(self.port),
            WAIT: str(self.flush_limit_s),
        }


@dataclass(frozen=True, slots=True)
class Reading:
    storage: Storage
    warnings: tuple[Problem, ...]


def read(document: Document) -> Reading:
    """What `[AcStorage]` says, or InputError with everything that is wrong in it."""
    section = _Section(document)
    on = section.number(ON, 0, 1)
    count = section.number(COUNT, 0, VER1.linked_arrays, needed=on != 0)
    address = section.address(ADDRESS, needed=on != 0)
    port = section.number(PORT, 1, 65535, default=VER1.linkage_port, needed=False)
    wait_s = section.number(WAIT, 1, MAX_WAIT_S, default=DEFAULT_WAIT_S, needed=False)
    if on == 1 and count == 0 and section.has(COUNT):
        section.wrong(COUNT, t("the linkage is on, and no array is counted"), f"{COUNT}=1")
    if section.problems:
        raise InputError(section.problems)
    storage = Storage(on == 1, address if count == 1 else "", port, wait_s)
    return Reading(storage, (*section.uncounted(count), *_warnings_of(document)))


def write(document: Document, wanted: Storage) -> None:
    """Set what does not say `wanted` yet, and nothing else; the file ends with a newline (R6-47).

    InputError where the section or one of its keys stands twice: which of them counts is not known.
    """
    new = not document.headers(SECTION)
    header = document.add_section(SECTION) if new else _Section(document, strict=True).header
    for key, value in wanted.keys.items():
        found = document.find(header, key)
        now = None if found is None else document.lines[found].value
        if now is None and key == WAIT and not new and wanted.flush_limit_s == DEFAULT_WAIT_S:
            continue
        if now is None or not _same(now, value):
            document.set(header, key, value)
    document.end_with_newline()


class _Section:
    """The one section, its keys, and what is wrong with them."""

    def __init__(self, document: Document, *, strict: bool = False) -> None:
        """`strict`: InputError at once if something stands twice."""
        self._document = document
        self.problems: list[Problem] = []
        headers = document.headers(SECTION)
        if not headers:
            message = t("there is no section [{section}]", section=SECTION)
            hint = t("is this config.apc, and has the linkage been set up (ISOTRAGE.exe)?")
            raise InputError([Problem(Place(document.name), message, hint)])
        self.header = headers[0]
        for again in headers[1:]:
            self._twice(again, f"[{SECTION}]", self.header)
        self._at: dict[str, int] = {}
        for i in document.body(self.header):
            key = document.lines[i].key
            if key is None or not OURS.fullmatch(key):
                continue
            if key in self._at:
                self._twice(i, key, self._at[key])
            self._at.setdefault(key, i)
        if strict and self.problems:
            raise InputError(self.problems)

    def has(self, key: str) -> bool:
        return key.lower() in self._at

    def number(self, key: str, least: int, most: int, *, default: int = 0, needed: bool = True) -> int:
        """A whole number, the default where it is missing; UNREADABLE where it is wrong."""
        value = self._value(key, f"{key}={max(least, min(most, 1))}", needed=needed)
        if value is None:
            return default
        if not _is_number(value) or not least <= int(value) <= most:
            message = t("{key} takes a whole number from {least} to {most}", key=key, least=least, most=most)
            self.wrong(key, message, _remark(key, value))
            return UNREADABLE
        return int(value)

    def address(self, key: str, *, needed: bool) -> str:
        value = self._value(key, f"{key}=192.0.2.32", needed=needed)
        if value is not None and not is_ipv4(value):
            self.wrong(key, t("{key} takes an IPv4 address", key=key), t("e.g. 192.0.2.32"))
        return value or ""

    def wrong(self, key: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self._document.place(self._at[key.lower()]), message, hint))

    def uncounted(self, count: int) -> Iterator[Problem]:
        """Addresses beyond the count: the product does not know of them."""
        for key, i in self._at.items():
            if NUMBERED.fullmatch(key) and int(key.removeprefix("storage")) >= count:
                message = t("this address is not counted by {count}", count=f"{COUNT}={count}")
                yield Problem(self._document.place(i), message, t("its array would not be flushed"))

    def _value(self, key: str, example: str, *, needed: bool) -> str | None:
        if self.has(key):
            return self._document.lines[self._at[key.lower()]].value
        if needed:
            message = t("[{section}] needs the key {key}", section=SECTION, key=key)
            self.problems.append(
                Problem(self._document.place(self.header), message, t("e.g. {example}", example=example))
            )
        return None

    def _twice(self, again: int, what: str, first: int) -> None:
        message = t("{what} stands twice", what=what)
        hint = t(
            "the first stands on line {line}; which of them counts is not known, keep one", line=first + 1
        )
        self.problems.append(Problem(self._document.place(again), message, hint))


def _warnings_of(document: Document) -> Iterator[Problem]:
    if not document.ends_with_newline:
        last = document.place(len(document.lines) - 1)
        message = t("the file does not end with a newline (R6-47)")
        yield Problem(last, message, t("the product may not read its last line; end it with a newline"))
    if document.bom and document.headers(SECTION)[0] == 0:
        message = t("a byte order mark stands before the section")
        yield Problem(
            document.place(0), message, t("the product may not find it; let a comment line come first")
        )


def _remark(key: str, value: str) -> str:
    if ";" in value or "#" in value:
        return t("a comment takes a line of its own")
    if key == COUNT and _is_number(value):
        return t("Ver.1.0x links one array (R1-07); only ver2.1 links more")
    return t("it is `{value}`", value=value)


def _same(now: str, value: str) -> bool:
    return now == value or (_is_number(now) and _is_number(value) and int(now) == int(value))


def _is_number(value: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", value) is not None


def is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
