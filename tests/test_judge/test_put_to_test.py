"""How often each rule has something to judge: a run shows nothing about one that never had."""

from __future__ import annotations

from collections import Counter
from typing import Any

OUTAGE = {
    "S1": 8, "S2": 2, "S3": 2, "S5": 3, "S6": 5, "S7": 1, "S8": 8, "S9": 21, "S10": 6, "S13": 19, "S14": 17,
    "S15": 6, "S16": 5, "S17": 4, "S18": 6, "S24": 4, "S28": 2, "S29": 6, "S31": 15, "S32": 2, "S33": 10,
    "S34": 48, "L1": 1, "L3": 21, "L5": 3, "L8": 1, "L10": 14,
}  # fmt: skip
NIGHT = {
    "S1": 6, "S2": 1, "S3": 2, "S6": 3, "S7": 1, "S8": 8, "S9": 8, "S13": 11, "S14": 11, "S15": 3, "S16": 3,
    "S17": 3, "S18": 3, "S22": 2, "S23": 2, "S24": 2, "S28": 2, "S29": 3, "S32": 2, "S33": 6, "S34": 15,
    "S35": 2, "L1": 1, "L3": 13, "L5": 1, "L6": 4, "L10": 7,
}  # fmt: skip


def put_to_test(telling: Any) -> dict[str, int]:
    return {result.id: result.put_to_test for result in telling.judged().invariants if result.put_to_test}


def test_what_the_two_hours_outage_puts_to_the_test(outage: Any) -> None:
    assert put_to_test(outage) == OUTAGE


def test_what_the_night_puts_to_the_test(night: Any) -> None:
    assert put_to_test(night) == NIGHT


def test_everything_that_is_commanded_is_put_to_the_test(outage: Any) -> None:
    sent = Counter(event.details["command"] for event in outage.events if event.name == "command.sent")
    assert OUTAGE["S13"] == sum(sent.values())
    assert OUTAGE["S15"] == OUTAGE["S18"] == OUTAGE["S29"] == sent["off"]
    assert OUTAGE["S33"] == sent["off"] + sent["on"]
