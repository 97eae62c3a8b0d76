"""A fact is made durable before anybody acts on it; then it is told, and copied to the peers.

What has gone to the journal stands there, also when the page that wrote it is left while it is being written.
The next life reads it, so this one knows it too, and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sequencer.journal import TOPICS, Kind, Row
from sequencer.ports import Answer, Steps

if TYPE_CHECKING:
    from sequencer.run import Run


def commit(run: Run, kind: Kind, subject: str, details: dict[str, Any]) -> Steps[None]:
    epoch = run.facts.epoch + (1 if kind in (Kind.DECLARED, Kind.PLANNED) else 0)
    if kind in (Kind.DECLARED, Kind.CLOSED):
        details = {**details, "knew": run.facts.knew}
    row = Row(kind, subject, epoch, run.life, run.now, details)
    written = run.ports.journal.commit(row)
    try:
        yield from written
    except GeneratorExit:
        run.spawn_apart(written_all_the_same(run, row, written))
        raise
    note(run, row)


def written_all_the_same(run: Run, row: Row, written: Answer[None]) -> Steps[None]:
    """Whoever waits for news of it is not the page that wrote it."""
    yield from written
    note(run, row)
    run.announce(TOPICS.get(row.kind, row.subject))


def note(run: Run, row: Row) -> None:
    run.facts.apply(row, run.now)
    if run.ports.journal.healthy:
        told = of_an_off(row) if row.kind is Kind.OFF_ARMED else {}
        run.tell("journal.committed", row.subject, kind=row.kind.value, epoch=row.epoch, **told)
    else:
        run.alarm(run.me, f"the journal of {run.me} is broken; only shutdowns and flushes are safe", "S30")
        run.on_standing()  # our peers see it, and we look whether one of them takes the command
        run.announce(run.me, *run.ports.peers)
    if row.kind is Kind.CLOSED:  # also when somebody is wanted otherwise while it is written (L1)
        run.tell("incident.closed", row.subject)
        run.pages.stopped.clear()
    for peer in run.ports.peers.values():
        peer.copy(row)


def of_an_off(row: Row) -> dict[str, Any]:
    """When it falls; and whether it brings back with the mains whom nobody wants down, as far as its writer
    knows (T7)."""
    told = {"falls_in_s": row.details["falls_in_s"]}
    wakes = row.details.get("returns") and not row.details.get("wanted_down")
    return {**told, "wakes": True} if wakes else told


def note_idle(run: Run, *rows: Row) -> None:
    """An OFF of a peer's, whose UPS said a moment ago that nothing counts down: it was told since (T4).

    The row says when by the peer's clock alone, and that may be wrong.
    """
    for row in rows:
        port = run.ports.upses.get(row.subject)
        seen = port.seen() if port is not None and row.kind is Kind.OFF_ARMED else None
        if seen is None or not seen.fresh or seen.status is None or not seen.status.output_on:
            continue
        if not seen.status.off_armed:
            run.idle_s[row.subject] = seen.at_s
