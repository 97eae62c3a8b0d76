"""A pretend two-node cluster: a shared disk, a floating IP that one node holds, failover.

Its service starts with a node's system if the control disks are ready at that moment; if they are
not it waits, and only a restart of the cluster gives it its disks (§9.2 of the document). Stopping
it stops it on all nodes; the systems stay up until they are shut down, by somebody else or by its own
manager. Nodes that shut down one by one are faults to it: the group moves, and when the last one has
gone that way nothing starts it but an operator (R9-01).
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

from sequencer.events import Stream
from sequencer.ports import Accepted, ClusterState, ClusterStatus, Receipt
from sequencer.site import Cluster as ClusterSettings
from sim.array import Array
from sim.device import Device
from sim.later import after
from sim.model import ClusterModel
from sim.server import Server, State

NEEDS_OPERATOR = "its nodes went down one by one: it needs the operator"
RUNS = (ClusterState.RUNNING, ClusterState.STARTING)


class Cluster(Device[ClusterStatus]):
    def __init__(
        self,
        env: simpy.Environment,
        stream: Stream,
        settings: ClusterSettings,
        model: ClusterModel,
        nodes: list[Server],
        disks: list[Array],
    ) -> None:
        super().__init__()
        self._env = env
        self._stream = stream
        self.name = settings.name
        self._model = model
        self._nodes = nodes
        self._disks = disks
        self.members: set[str] = {n.name for n in nodes if n.state is State.UP}
        self.holder: str | None = nodes[0].name if self.members else None
        self.state = ClusterState.RUNNING if self.members else ClusterState.WAITING_FOR_DISK
        self._runs_without: list[str] = []
        self.stop_hangs = False
        """Fault C11."""
        self.needs_operator = False
        """All its nodes shut down one by one (R9-01, R7-02)."""
        self._then: Callable[[Server], Receipt] | None = None
        """What its manager does to every node once it has stopped."""
        self._plan = 0
        for node in nodes:
            node.listen(self._node_changed)
        for disk in disks:
            disk.listen(self._disk_changed)

    @property
    def _has_disks(self) -> bool:
        return all(disk.ready for disk in self._disks)

    @property
    def runs(self) -> bool:
        return self.state in RUNS

    # What it is told

    def stop(self) -> Receipt:
        if self.state is ClusterState.STOPPING:
            return Receipt(Accepted.YES, "already stopping")
        if not self.runs:
            return Receipt(Accepted.NO, f"it is {self.state.value}")
        self._enter(ClusterState.STOPPING, "cluster.stopping")
        if not self.stop_hangs:
            self._later(self._model.stop_s, self._stopped)
        return Receipt(Accepted.YES)

    def start(self) -> Receipt:
        if self.needs_operator:
            return Receipt(Accepted.NO, NEEDS_OPERATOR)
        if self.state is not ClusterState.STOPPED or not self._has_disks:
            return Receipt(Accepted.NO, f"it is {self.state.value}")
        self.members = {n.name for n in self._nodes if n.state is State.UP and not n.frozen}
        if not self.members:
            return Receipt(Accepted.NO, "none of its nodes is up")
        self._start()
        return Receipt(Accepted.YES)

    def start_by_hand(self) -> Receipt:
        """The operator starts it in its manager, also after its nodes went down one by one."""
        self.needs_operator = False
        return self.start()

    def restart(self) -> Receipt:
        """Stop it if it runs, then boot every node again."""
        if self.needs_operator:
            return Receipt(Accepted.NO, NEEDS_OPERATOR)
        if self.state is ClusterState.RUNNING:
            self._then = Server.boot_again
            return self.stop()
        self._to_nodes(Server.boot_again)
        return Receipt(Accepted.YES)

    def shut_down(self, *, reboot: bool = False) -> Receipt:
        """Its manager stops it and then every node's system, or boots these again (R2-08)."""
        if self.runs:
            self._then = Server.boot_again if reboot else Server.stop
        return self.stop()

    def force(self) -> Receipt:
        self._fact("cluster.forced")
        self._lay_down(ClusterState.STOPPED)
        return Receipt(Accepted.YES)

    # What it does

    def _start(self) -> None:
        self._enter(ClusterState.STARTING, "cluster.starting")
        self._later(self._model.start_s, self._run)

    def _run(self) -> None:
        self.holder = next((n.name for n in self._nodes if n.name in self.members), None)
        if self.holder is not None:
            self._enter(ClusterState.RUNNING, "cluster.running", holder=self.holder)
            self._tell_outsiders()

    def _stopped(self) -> None:
        then = self._then
        self._lay_down(ClusterState.STOPPED)
        self._fact("cluster.stopped", cause="command")
        if then is not None:
            self._to_nodes(then)

    def _to_nodes(self, do: Callable[[Server], Receipt]) -> None:
        for node in self._nodes:
            do(node)

    def _lay_down(self, state: ClusterState) -> None:
        self._then = None
        self.holder = None
        self.members.clear()
        self._plan += 1
        self.state = state
        self.changed()

    def _node_changed(self, node: Server) -> None:
        if node.state is State.UP and not node.frozen:
            self._node_up(node)
        elif node.name in self.members:
            self._node_down(node)
        self._tell_outsiders()

    def _tell_outsiders(self) -> None:
        """While it runs: nodes whose systems are up, or hang, and that take no part in it."""
        if self.state is not ClusterState.RUNNING:
            return
        without = [n.name for n in self._nodes if n.state is State.UP and n.name not in self.members]
        if without != self._runs_without:
            self._runs_without = without
            self._fact("cluster.runs_without", nodes=", ".join(without))

    def _node_up(self, node: Server) -> None:
        if self.needs_operator:
            return
        if not self._has_disks:
            if not self.members:
                self._lay_down(ClusterState.WAITING_FOR_DISK)
        elif self.runs:
            self.members.add(node.name)
            self.changed()
        elif self.state is not ClusterState.STOPPING:
            self.members = {node.name}
            self._start()

    def _node_down(self, node: Server) -> None:
        """A graceful shutdown and a crash both move the group; the last node takes the cluster with it."""
        self.members.discard(node.name)
        self.changed()
        if not self.members:
            was, self.holder = self.state, None
            self._lay_down(ClusterState.STOPPED)
            if was is not ClusterState.STOPPED:
                self.needs_operator = was is ClusterState.RUNNING and node.state is State.SHUTTING_DOWN
                cause = f"its last node is down{'; ' + NEEDS_OPERATOR if self.needs_operator else ''}"
                self._fact("cluster.stopped", cause=cause)
        elif self.holder == node.name and self.state is ClusterState.RUNNING:
            self.holder = None
            self._later(self._model.failover_s, lambda: self._fail_over(node.name))
            self.changed()

    def move(self) -> None:
        """Fault C3: a monitor of it believes the holder to be ill, and the group goes to another node."""
        was = self.holder
        if self.state is ClusterState.RUNNING and was is not None and len(self.members) > 1:
            self.holder = None
            self._later(self._model.failover_s, lambda: self._fail_over(was))
            self.changed()

    def _fail_over(self, from_node: str) -> None:
        """To another member; to the same one only if there is no other any more."""
        members = [n.name for n in self._nodes if n.name in self.members]
        self.holder = next((name for name in members if name != from_node), next(iter(members), None))
        self._fact("cluster.failed_over", holder=self.holder, was=from_node)
        self.changed()

    def _disk_changed(self, disk: Array) -> None:
        if not disk.ready and self.members and self.state is not ClusterState.WAITING_FOR_DISK:
            self._lay_down(ClusterState.WAITING_FOR_DISK)
            self._fact("cluster.stopped", cause=f"{disk.name} is gone")

    def _fact(self, event: str, **details: object) -> None:
        self._stream.fact(float(self._env.now), event, self.name, **details)

    def _enter(self, state: ClusterState, event: str, **details: object) -> None:
        self._plan += 1
        self.state = state
        self._fact(event, **details)
        self.changed()

    def _later(self, delay_s: float, do: Callable[[], None]) -> None:
        plan = self._plan
        after(self._env, delay_s, lambda: do() if plan == self._plan else None)

    @property
    def status(self) -> ClusterStatus:
        members = frozenset(self.members) if self.state is ClusterState.RUNNING else None
        return ClusterStatus(self.state, self.holder, members)

    def read(self) -> ClusterStatus | None:
        return self.status
