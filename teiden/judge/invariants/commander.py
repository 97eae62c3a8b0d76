"""S13: one commander."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer.events import Event
from teiden.judge.invariants.invariant import Invariant, Look
from teiden.language.retell import retold
from teiden.language.say import later, t


class S13(Invariant):
    """At any instant at most one node writes to devices: the one that holds the lease.

    `[] |{k: writes(k)}| <= 1`. The holder is who took the lease last, until it says that it lost it or
    its system goes down; after its boot it must take it again. When it is down, or lets go, who took it
    before and never let go is the only one again; so is he when a cluster begins to run with him as its
    holder. A node may always stop itself: its own system, and a UPS of its own that feeds nobody else who is
    still up.
    """

    id = "S13"
    sentence = later("one node commands at a time")

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent": self._sent}

    def _sent(self, event: Event) -> None:
        self.put_to_test += 1
        holder = self.room.incident.commander
        if not holder and event.by in self.room.incident.keep_it:
            return
        if event.by != holder and not self._stops_itself(event):
            text = t(
                "{node} commanded {command} of {name} at {time}, but {lease}",
                node=event.by,
                command=retold(str(event.details.get("command", ""))),
                name=event.subject,
                time=self.at(event.t),
                lease=t("{node} held the lease", node=holder) if holder else t("nobody held the lease"),
            )
            self.broken(event.t, event.by, text, self.room.incident.lease, event)

    def _stops_itself(self, event: Event) -> bool:
        command = event.details.get("command")
        if command in ("shutdown", "force"):
            return event.subject == event.by
        node = self.site.servers.get(event.by)
        return (
            command == "off"
            and node is not None
            and event.subject in node.upses
            and not any(
                self.room.machines.running(s)
                for s in self.room.wiring.servers_on[event.subject]
                if s is not node
            )
        )
