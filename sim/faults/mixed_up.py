"""What loads of two UPSes that are mixed up excuse (U19): a command hits those of another."""

from __future__ import annotations

from sim.faults.fault import Excuse, Reach

WRONG_LOAD = "what it is told hits the loads of another"
WRONG_NODE = "another UPS took the last control node with it, and nobody is left to tell them anything"
ASLEEP_ON_IT = "a node that was halted has kept its power as its own UPS fell; nobody is up to wake it"
UNPROVED = "it took a node whose own UPS is on, so nothing proves that it is down, and nobody may follow it"

MIXED_UP = (
    *(Excuse(rule, Reach.MIXED, WRONG_LOAD) for rule in ("S1", "S2", "S8", "S25")),
    *(Excuse(rule, Reach.MIXED, WRONG_LOAD, begun=True) for rule in ("S18", "L2")),
    Excuse("S17", Reach.MIXED, "who answers hangs on another, so a silent one counts as on", said="S17"),
    Excuse("S31", Reach.MIXED, "who answers may run on a silent one that counts down", unheard=True),
    *(
        Excuse(rule, Reach.ALL, WRONG_NODE, stays=True, last=True, mixed=True, due=True)
        for rule in ("S18", "L2")
    ),
    *(Excuse(rule, Reach.ALL, UNPROVED, said="L5") for rule in ("S18", "L2")),
    *(Excuse(rule, Reach.MIXED_NEEDING, WRONG_LOAD) for rule in ("L1", "L3")),
    *(
        excuse
        for rule in ("L1", "L3")
        for excuse in (
            Excuse(rule, Reach.ALL, WRONG_NODE, last=True, mixed=True),
            Excuse(rule, Reach.ALL, UNPROVED, said="L5", mixed=True),
            Excuse(rule, Reach.MIXED_KEPT_ON, ASLEEP_ON_IT, stays=True, unwoken=True, mixed=True),
        )
    ),
    *(
        Excuse(rule, reach, "plugged right again they may hang on one that is off", pulled=True)
        for rule, reach in (("L1", Reach.ALL), ("L3", Reach.ALL), ("L2", Reach.MIXED))
    ),
)
