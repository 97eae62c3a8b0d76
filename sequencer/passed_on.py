"""What a node is asked that does not command, it passes on to the one that does; his refusal binds it (S28).

Both nodes may have heard the request, or one of them alone. Whoever does not command decides only what
nobody else can have decided: every other node is heard to command nobody, or is proven to be down.
"""

from __future__ import annotations

from sequencer.journal import Kind, Row
from sequencer.ports import PeerPort, Steps
from sequencer.requests import Request, Wish
from sequencer.run import Run
from sequencer.standing import is_down, says_it_commands

PASS_ON_AGAIN_S = 4.0
"""A copy may be lost, or the commander have begun anew."""
ANSWER_LIMIT_S = 13.0
"""Then whoever asked is told that nothing comes of it. A caller at the socket waits for 20 s."""
MOST_TEXT = 300
"""Characters of a text that a peer takes in a row."""


def is_answered(run: Run, request: Request) -> bool:
    """Accepted or refused, by whichever node; each request is decided once (S35)."""
    return request.id in run.facts.causes or request.id in run.facts.refused


def can_decide(run: Run) -> bool:
    """We command, or nobody else has decided: what he wrote down would have come here, or he is down."""
    return run.commands or all(
        says_it_idles(peer) or is_down(run, name) for name, peer in run.ports.peers.items()
    )


def says_it_idles(peer: PeerPort) -> bool:
    """It is heard, and we would have what it wrote down: it goes by our site file (C9)."""
    seen = peer.seen()
    return seen.fresh and seen.status is not None and not seen.status.commands and seen.status.alike


def by_the_commander(run: Run, request: Request) -> Steps[None]:
    """Until it is decided, or falls to us. If nobody says anything in time it is refused, to be asked anew.

    So nothing is carried out hours later that somebody has long done by hand. But what somebody holds, or
    lets go, is in his hands whoever commands: the node that he tells heeds it for itself (S27).
    """
    by_s = run.now + ANSWER_LIMIT_S
    while run.now < by_s:
        pass_on(run, request)
        yield from run.race(run.until(lambda: is_answered(run, request)), run.pause(PASS_ON_AGAIN_S))
        if is_answered(run, request) or can_decide(run):
            return
    if request.wish in (Wish.HOLD, Wish.RELEASE):
        return
    others = [name for name, peer in run.ports.peers.items() if says_it_commands(peer)] or [*run.ports.peers]
    yield from note_refused(
        run, request, f"{', '.join(others)} may command, and says nothing to it; ask again"
    )


def pass_on(run: Run, request: Request) -> None:
    """A row that is nobody's memory: it is decided when it is heard, or not at all."""
    said = {"wish": request.wish.value, "servers": list(request.of), "asked_by": request.by[:MOST_TEXT]}
    row = Row(Kind.ASKED, request.id, run.facts.epoch, run.life, run.now, said)
    for peer in run.ports.peers.values():
        peer.copy(row)


def say_again(run: Run, request: Request) -> Steps[None]:
    """Whoever passes on what is decided has not heard of it: the copy was lost (N3)."""
    rows = yield from run.ports.journal.rows()
    told = [row for row in rows if decides(row, request)]
    for peer in run.ports.peers.values():
        peer.copy(*told)


def decides(row: Row, request: Request) -> bool:
    if row.kind is Kind.HELD:
        return bool(row.details["cause"] == request.id)
    return row.kind in (Kind.WANTED, Kind.REFUSED) and row.subject == request.id


def passed_on(row: Row) -> Request:
    said = row.details
    return Request(row.subject, Wish(said["wish"]), tuple(said["servers"]), said["asked_by"])


def note_refused(run: Run, request: Request, reason: str) -> Steps[None]:
    yield from run.commit(Kind.REFUSED, request.id, reason=reason[:MOST_TEXT], wall_s=run.wall_s())
    run.announce()
