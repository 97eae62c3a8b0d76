"""L1: all that ran is up again when the run ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sequencer.site import Server, ServerRole
from teiden.judge.invariants.invariant import Invariant, Look
from teiden.judge.invariants.stages import stages
from teiden.judge.ledger.room import Room
from teiden.judge.words import names, seconds


class Returning(Invariant):
    """What L1 and L3 share: who must come back, and how long it may take."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.stages = stages(room.site, room.wiring)
        if not room.site.start.auto:
            self.not_applicable = "this site is started by hand"

    def owed(self) -> Iterator[str]:
        """Everything that ran when the run began, held devices and those that need a hand excepted."""
        room, held = self.room, self.room.incident.held
        for server in self.site.servers.values():
            if server.role is not ServerRole.POOL and server.name in room.machines.ran:
                by_hand = server.role is ServerRole.CONTROL and not self._returns_by_itself(server)
                if server.name not in held and not by_hand:
                    yield server.name
        yield from (name for name in self.site.arrays if name in room.caches.ran and name not in held)
        if room.machines.cluster_ran and self.site.cluster.name not in held:
            yield self.site.cluster.name

    def _returns_by_itself(self, node: Server) -> bool:
        return all(self.site.upses[u].reboot_on_restore for u in node.upses)


class L1(Returning):
    """All that ran and may start by itself is up again, and the incident is closed.

    `<>_{T0+B1} all up`, judged at the end of the run. T0: the last of the mains' return at any UPS, of a
    battery's charge for a full stop, of a system's crash. B1: the sum of all stages of the way up, each
    at its limit. When the run ends sooner than that with something still down, it says nothing; up
    is up, however soon. Pool servers, held devices, and sites or nodes that are started by hand are not owed.
    """

    id = "L1"
    sentence = "all that ran is up again, and the incident closed"

    def watches(self) -> Mapping[str, Look]:
        return {}

    def end(self, t: float) -> None:
        if self.not_applicable:
            return
        down = [name for name in self.owed() if not self._is_up(name)]
        opened = self.room.incident.opened
        if not down and opened is None:
            self.put_to_test += 1
            return
        healthy_s = self._healthy_since_s(t)
        if healthy_s is None:
            self.not_applicable = "the mains or the charge were not back when the run ended"
        elif t - healthy_s < self.stages.all_s:
            self.not_applicable = (
                f"the run ended {seconds(t - healthy_s)} after mains and charge were back; "
                f"the way up may take {seconds(self.stages.all_s)}"
            )
        else:
            self.put_to_test += 1
            late = f"{seconds(t - healthy_s)} after mains and charge were back"
            text = f"{names(down)} not up {late}" if down else f"the incident was still open {late}"
            self.broken(t, down[0] if down else self.site.name, text, opened)

    def _is_up(self, name: str) -> bool:
        machines = self.room.machines
        if name in self.site.servers:
            return machines.os[name] == "up"
        if name in self.site.arrays:
            fed = self.room.power.array_fed(self.site.arrays[name])
            return fed and self.room.caches.service[name] == "ready"
        return machines.cluster == "running"

    def _healthy_since_s(self, t: float) -> float | None:
        """T0, or None: not healthy yet."""
        latest_s = max(self.room.history.start_s, self.room.machines.crashed_s)
        for ups, since_s in self.room.power.mains_since.items():
            open_s = self.room.gate.open_since_s(ups, t) if since_s is not None else None
            if since_s is None or open_s is None:
                return None
            latest_s = max(latest_s, since_s, open_s)
        return latest_s
