"""How a request can fail, as a value: silence, a wrong key, or a card that refuses in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Trouble(Enum):
    TIMEOUT = "no answer"
    """Silence, or nothing that could be understood. A wrong community is answered by silence too."""
    AUTH = "authentication"
    """The card answered that it does not know us so: configuration, never a power failure."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Failure:
    trouble: Trouble
    words: str
    name: str = ""
    """REFUSED: the error status as SNMP calls it, `noAccess`."""
    index: int = 0
    """REFUSED: which of the values asked for, from 1; 0: it does not say."""


STATUS_NAMES = (
    *("noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType"),
    *("wrongLength", "wrongEncoding", "wrongValue", "noCreation", "inconsistentValue"),
    *("resourceUnavailable", "commitFailed", "undoFailed", "authorizationError", "notWritable"),
    "inconsistentName",
)
"""RFC 3416, 3: the numbers of an error status in order."""

MEANINGS = {
    "noSuchName": "the card knows no such object, or this community may not write it",
    "badValue": "the UPS cannot do that now, e.g. conserve while it is on line",
    "readOnly": "this user may only read; the card's access type must be Write+",
    "genErr": "the UPS did not do it; some cards say so where badValue is meant",
    "noAccess": "this user may not write; the card's access type must be Write+ (with Write it"
    " refuses while somebody is logged in to the card)",
    "authorizationError": "this user may not write; the card's access type must be Write+",
    "notWritable": "the card does not let this be written; its access type must be Write+",
    "wrongType": "the card expects another type of value here",
    "wrongValue": "the card does not take this value",
    "inconsistentValue": "the card does not take this value now",
    "resourceUnavailable": "the card is busy",
    "commitFailed": "the card began and failed",
}
"""What it means for whoever set the card up, where the name alone does not say it."""


def refused(status: int, index: int = 0) -> Failure:
    name = STATUS_NAMES[status] if 0 < status < len(STATUS_NAMES) else f"error status {status}"
    meaning = MEANINGS.get(name)
    return Failure(Trouble.REFUSED, f"{name}: {meaning}" if meaning else name, name, index)


def silent(limit_s: float) -> Failure:
    return Failure(Trouble.TIMEOUT, f"no answer within {limit_s:g} s")
