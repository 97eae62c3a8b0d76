"""Who loses his power outside an incident, and does not boot with it again, is wanted up (R9-35, L3):
a server, or another control node.

The mains blink under a UPS on bypass, or a battery ends while no card is heard: nobody has declared anything,
and nobody would wake him. Who ran, and is halted though nobody saw him shut down, has crashed with his UPS,
if that was off since. Halted with his power on all the while he is as somebody else wanted him (S28): that is
written down, for a life that begins when his power is gone has never heard him.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.forgotten import tell_who_may_know
from sequencer.journal import WANTS, Goal, Kind
from sequencer.late import note_still_to_come
from sequencer.node_is_missed import heed_who_is_missed
from sequencer.ports import Os, Steps
from sequencer.run import Run
from sequencer.scope import array_fails, server_fails
from sequencer.site import Array, Server
from sequencer.wants import wants


def heed_lost_power(run: Run) -> Steps[None]:
    """Never returns."""
    nodes = [node for node in run.site.control_nodes if node.name != run.me]
    servers = (wake_who_crashes(run, s) for s in (*run.site.linked_servers, *nodes) if s.upses)
    missed = (heed_who_is_missed(run, node) for node in nodes)
    yield from run.together(
        *servers, *missed, *(tell_of_dark_disks(run, a) for a in run.site.linked_arrays if a.upses)
    )


def wake_who_crashes(run: Run, server: Server) -> Steps[None]:
    port = run.ports.servers[server.name]
    while True:
        # One that was never heard is taken to run, if nobody has shut it down: no poll is asked for.
        if port.seen().status is not None or run.facts.shut_down(server.name):
            yield from runs_again(run, server)
        if (yield from loses_power(run, server)) and (yield from stays_down(run, server)):
            yield from note_still_to_come(run, server)
            run.announce(WANTS)


def runs_again(run: Run, server: Server) -> Steps[None]:
    """Until it is up; halted with its power on before that it is as people want it, for a later life, too."""
    port = run.ports.servers[server.name]
    while not guards.is_seen(port.seen(), Os.UP):
        halted = guards.is_seen(port.seen(), Os.HALTED)
        if halted and run.facts.reached(server.name) and not wants(run, server.name, Goal.DOWN):
            yield from note_shut_down(run, server, down=True)
        yield from run.until_seen(port, when.STARTS if halted else when.UP_OR_HALTED)
    yield from note_shut_down(run, server, down=False)


def note_shut_down(run: Run, server: Server, *, down: bool) -> Steps[None]:
    if run.facts.shut_down(server.name) is not down:
        wall_s = run.facts.later_s(run.wall_s(), [server.name])
        yield from run.commit(Kind.SHUT_DOWN, server.name, down=down, wall_s=wall_s)


def loses_power(run: Run, server: Server) -> Steps[bool]:
    """Until it has left: whether its power went meanwhile, by a poll, or as its cards have begun anew."""
    port, polling = run.ports.servers[server.name], run.site.polling
    poll_s = polling.on_line_s + polling.timeout_s
    dark = run.spawn(goes_dark(run, server))
    heard_s: float | None = None
    while not guards.is_seen(seen := port.seen(), Os.HALTED):
        if guards.is_seen(seen, Os.SHUTTING_DOWN):
            dark.close()
            return False
        if seen.fresh or (seen.status is None and a_card_is_known(run, server)):
            heard_s = None
            yield from run.wait(port.until(when.LEAVES))
        elif seen.status is None:
            heard_s = run.born_s
            yield from run.wait(port.until(when.SERVER_ANSWERS))
        else:
            heard_s = seen.at_s
            yield from run.race(run.wait(port.until(when.SERVER_ANSWERS)), tell_of_the_dark(run, server))
    if not dark.over:  # the poll of its UPS may be later than its own
        yield from run.wait(dark, by_s=run.now + poll_s)
    went = dark.over or begun_anew(run, server, run.now - 2 * poll_s if heard_s is None else heard_s)
    dark.close()
    return went


def a_card_is_known(run: Run, server: Server) -> bool:
    """It has answered this life, at the first look already if nothing is wrong; else nobody hears him either,
    and what befalls him meanwhile is told by that card alone."""
    return any(run.ports.upses[name].seen().status is not None for name in server.upses)


def goes_dark(run: Run, device: Server | Array) -> Steps[None]:
    """Until its UPSes are seen off without which it cannot be; one that was never heard may be on (S11)."""
    while not fails(device, off := {u for u in device.upses if says_off(run, u)}):
        on = [run.ports.upses[name] for name in device.upses if name not in off]
        yield from run.wait(*(port.until(when.OUTPUT_OFF) for port in on))


def fails(device: Server | Array, off: set[str]) -> bool:
    return array_fails(device, off) if isinstance(device, Array) else server_fails(device, off)


def went_unheard(run: Run, server: Server) -> bool:
    """Its power is off, and this life has never heard it: it had run before that, if nobody says that people
    had shut it down. Whoever commanded and heard it has died, or stands still (C1, C7)."""
    unheard = run.ports.servers[server.name].seen().status is None
    dark = bool(server.upses) and server_fails(server, {u for u in server.upses if says_off(run, u)})
    return unheard and dark and not run.facts.shut_down(server.name)


def says_off(run: Run, ups: str) -> bool:
    """By the last word that this life has heard of it."""
    status = run.ports.upses[ups].seen().status
    return status is not None and not status.output_on


def tell_of_the_dark(run: Run, server: Server) -> Steps[None]:
    """Never returns. With its mains there a UPS that is off has tripped, or a hand was at it: nobody fights
    that (S28), and in no incident nobody else looks; so a person is told (L1)."""
    yield from is_dark_for_long(run, server)
    yield run.env.event()


def tell_of_dark_disks(run: Run, array: Array) -> Steps[None]:
    """Never returns. The same of a disk: its users may run all the while, and tell nothing of it (L1)."""
    while True:
        yield from is_dark_for_long(run, array)
        for name in array.upses:
            yield from run.until_seen(run.ports.upses[name], when.OUTPUT_ON)


def is_dark_for_long(run: Run, device: Server | Array) -> Steps[None]:
    yield from goes_dark(run, device)
    for name in device.upses:
        yield from run.until_seen(run.ports.upses[name], when.MAINS_BACK)
    yield from tell_who_may_know(run)


def begun_anew(run: Run, server: Server, since_s: float) -> bool:
    """Its cards have: they live on what their UPSes do."""
    words = {name: run.ports.upses[name].seen() for name in server.upses}
    anew = {
        name
        for name, seen in words.items()
        if seen.fresh and seen.status is not None and seen.at_s - seen.status.card_uptime_s > since_s
    }
    return server_fails(server, anew)


def stays_down(run: Run, server: Server) -> Steps[bool]:
    """With its power on again, for as long as it takes to boot with that; nobody wants or holds it so."""
    port = run.ports.servers[server.name]
    for name in server.upses:
        yield from run.until_seen(run.ports.upses[name], when.OUTPUT_ON)
    yield from run.until_seen(port, when.STARTS, by_s=run.now + run.site.start.wake_after_s)
    return guards.is_seen(port.seen(), Os.HALTED) and not wants(run, server.name, Goal.DOWN)
