"""In which order a site is brought up, and by which checks each step is seen to be done (R3-01).

Our own steps for the reference document's ten: what it installs is there or not, what we install is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from teiden.doctor.finding import Level, Row


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A step, and what was found of it."""

    number: int
    step: Step
    rows: tuple[Row, ...]

    @property
    def level(self) -> Level | None:
        """The worst of its rows; None: there was nothing to look at."""
        return max((row.level for row in self.rows), key=list(Level).index, default=None)

    @property
    def is_done(self) -> bool:
        return self.level in (Level.OK, None)


STEPS = (
    Step(
        "hardware: UPSes, cards, outlets, AC-Link",
        (
            *("ups.reached", "ups.odd", "ups.power", "ups.battery", "ups.latency", "ups.firmware"),
            *("site.twins", "server.ac_link", "server.mac", "server.outlets", "array.outlets"),
            "site.outlets",
        ),
    ),
    Step(
        "the cluster, and SigmaSystemCenter if there is one",
        ("cluster.state", "cluster.version", "cluster.address", "cluster.management"),
    ),
    Step(
        "the reference product beside it, if there is one",
        ("node.product", "node.product_asks", "node.rivals"),
    ),
    Step(
        "this service on every control node",
        ("node.service", "node.journal", "node.space", "node.folders", "node.time", "node.stop_file"),
    ),
    Step(
        "its users, keys and secrets",
        (
            *("node.secrets", "node.keys", "node.certificates"),
            *("server.certificate", "server.ssh", "server.forced", "ups.write"),
        ),
    ),
    Step(
        "servers and arrays",
        ("server.state", "server.seen_halted", "server.clock", "server.wake", "array.service"),
    ),
    Step("the network", ("ports.out", "ports.in", "ports.apart")),
    Step(
        "settings of the UPSes, AC mode of the cluster",
        ("ups.settings", "site.real_settings", "cluster.ac_mode"),
    ),
    Step("the same file on both nodes", ("node.running", "node.peers")),
    Step("`teiden check`, `teiden prove`, then `teiden live --arm`", ("site.check", "site.proved")),
)


def taken(rows: Sequence[Row]) -> tuple[Taken, ...]:
    """Every step in its order, with its rows in theirs."""
    return tuple(
        Taken(number, step, tuple(row for row in rows if row.check in step.checks))
        for number, step in enumerate(STEPS, 1)
    )


def missing(steps: Sequence[Taken]) -> Taken | None:
    """The first step that is not done: what comes behind it may only look as if it were."""
    return next((step for step in steps if not step.is_done), None)
