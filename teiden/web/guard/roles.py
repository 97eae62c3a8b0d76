"""Who somebody is to the console, and what he may do: a viewer looks, an operator asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    VIEWER = "viewer"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Who:
    """A browser with a session; or anybody, where there are no accounts: he may only look (SEC-11)."""

    name: str
    role: Role
    token: str = ""
    """What every POST of this session must bring along (SEC-10); empty: it can bring none, and is refused."""


ANYBODY = Who("", Role.VIEWER)
