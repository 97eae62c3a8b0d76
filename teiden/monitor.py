"""Watches a live stream as it grows, by the judge's own rules, and raises an alarm. It never acts.

Only rules that listen to the nodes' words can be judged while nobody knows the facts: S10 to S12, S14,
S29, S30, S33, S34, S36, L4, L7, L9. What a rule finds is what it would find in the recorded stream.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from sequencer.events import Event, Stream
from sequencer.site import Site
from teiden.judge.history import History
from teiden.judge.invariants.catalogue import INVARIANTS, listener
from teiden.judge.invariants.invariant import Breach, Invariant
from teiden.judge.ledger.room import Room
from teiden.language.say import speaking

log = logging.getLogger(__name__)

MONITORED = tuple(rule for rule in INVARIANTS if rule.hears is not Invariant.hears)


class Monitor:
    """`hear` every event of the stream, `head` first. `raise_alarm` is called with what has broken."""

    def __init__(self, site: Site, head: Event, raise_alarm: Callable[[Breach], None]) -> None:
        room = Room(site, History([head]))
        self._rules = [rule(room) for rule in MONITORED]
        self._listen = listener(room, self._rules)
        self._raise_alarm = raise_alarm
        self._said: set[tuple[str, str]] = set()
        """Rule and subject, since the last incident was closed: said once, it is known."""
        self._works = True
        self._speaks = False
        self.hear(head)

    def hear(self, event: Event) -> None:
        """A mistake of ours ends the monitor, and nothing else."""
        if not self._works or self._speaks:
            return  # our own alarm is no word of the sequencer's
        try:
            with speaking("en"):
                self._judge(event)
        except Exception:
            self._works = False
            log.exception("the monitor has failed at %s of %s and watches no more", event.name, event.subject)

    def _judge(self, event: Event) -> None:
        self._listen(event)
        if event.name == "incident.closed":
            self._said.clear()
        for rule in self._rules:
            found, rule.breaches = rule.breaches, []
            for breach in found:
                self._say(breach)

    def _say(self, breach: Breach) -> None:
        if (breach.id, breach.subject) in self._said:
            return
        self._said.add((breach.id, breach.subject))
        self._speaks = True
        try:
            self._raise_alarm(breach)
        finally:
            self._speaks = False


def monitored(stream: Stream, site: Site, head: Event, me: str, now_s: Callable[[], float]) -> Monitor:
    """A monitor of this stream, whose alarms go into it."""
    monitor = Monitor(site, head, partial(_into, stream, me, now_s))
    stream.listen(monitor.hear)
    return monitor


def _into(stream: Stream, me: str, now_s: Callable[[], float], breach: Breach) -> None:
    text = f"{breach.id} is broken: {breach.text}"
    stream.seen(now_s(), "alarm.raised", breach.subject, me, text=text, rule=breach.id)
