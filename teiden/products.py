"""Generations of the power-control product: what each can link, and what it starts with.

Figures from the reference document; `docs/products.md` says the same in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

LICENCE_PACKS = (50, 10, 1)
"""Linked servers that one licence pack covers, largest first (R12-01)."""


@dataclass(frozen=True, slots=True)
class Product:
    """One generation of the product."""

    name: str
    """As `product:` of the site file calls it."""
    linked_arrays: int
    """How many arrays it flushes before they are cut (R1-07)."""
    flush_limit_s: float
    """What キャッシュフラッシュのタイムアウト is unless somebody changes it (R6-42, R6-48, R10-21)."""
    config_apc: bool
    """The linkage stands in the file `config.apc` (R6-46), not in the console's own dialog (R6-40)."""
    folder: str
    """Where it is installed unless somebody chose otherwise (R5-09)."""
    linkage_port: int = 6001
    """TCP port on which arrays are asked to flush, unless somebody changes it (R6-41)."""


PRODUCTS = {
    product.name: product
    for product in (
        Product("ver1.0", 1, 1200.0, True, r"%SystemDrive%\AUTORC"),
        Product("ver1.02", 1, 1200.0, True, r"%SystemDrive%\AUTORC"),
        Product("ver2.1", 10, 300.0, False, r"%SystemDrive%\Program Files (x86)\AUTORC"),
    )
}
"""By the name that `product:` takes, oldest first."""


class Pairing(Enum):
    """Whether a generation works with a version of SigmaSystemCenter in a cluster (R1-05)."""

    STATED = "stated"
    """The document names this pair."""
    BY_THE_LETTER = "by the letter"
    """Covered by the words "Ver.1.02 or later", and described nowhere."""
    UNKNOWN = "unknown"
    """The document says nothing about this version of SigmaSystemCenter."""
    NONE = "none"
    """Not a version that supports a cluster of management servers."""


def ssc_version(text: str) -> tuple[int, int]:
    """`2.1` as numbers that compare: 3.10 is later than 3.9."""
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)


def pairing(ssc: str, product: str) -> Pairing:
    """SSC 2.1 and later goes with ver2.1, SSC 1.3 with ver1.02 and later (R1-05)."""
    version = ssc_version(ssc)
    if version >= (2, 1):
        return Pairing.STATED if product == "ver2.1" else Pairing.NONE
    if version == (1, 3):
        return {"ver1.02": Pairing.STATED, "ver2.1": Pairing.BY_THE_LETTER}.get(product, Pairing.NONE)
    return Pairing.UNKNOWN


def product_for(ssc: str) -> str:
    """The generation to use with a version of SigmaSystemCenter; empty where the document names none."""
    return next((name for name in PRODUCTS if pairing(ssc, name) is Pairing.STATED), "")


def needs_newer_program(ssc: str) -> bool:
    """From SSC 3.0 on `ac_pvm.exe` is replaced by `ac_pvm_u3.exe` on every control node (R5-03)."""
    return ssc_version(ssc) >= (3, 0)


def exact_packs(servers: int) -> dict[int, int]:
    """Licence packs that cover exactly this many linked servers: {50: 1, 10: 1, 1: 3} for 63 (R12-01)."""
    packs, left = {}, servers
    for size in LICENCE_PACKS:
        packs[size], left = divmod(left, size)
    return {size: count for size, count in packs.items() if count}


def rounded_packs(servers: int) -> dict[int, int]:
    """The same without single licences, some to spare: {50: 1, 10: 2} for 63."""
    return exact_packs(-(-servers // 10) * 10)
