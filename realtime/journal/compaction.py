"""Which rows of a journal still matter: those of the last incidents, and what outlives incidents.

What is dropped changes nothing in `Facts`: they learn the same from the rest (a property test says so).
One thing is bounded: of the ids of what was heard and fired the last `CAUSES` are kept, and every one
since schedules were watched last. An id older than that, asked again, counts as a new request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sequencer.facts import Facts
from sequencer.journal import Goal, Kind, Row, Want

INCIDENTS = 50
"""A second outage on the way up opens one more; some have three."""
CAUSES = 2000
"""Four instants and requests a day are kept for more than a year."""

Rank = tuple[Any, ...]


def still_matter(rows: Sequence[Row], incidents: int = INCIDENTS, causes: int = CAUSES) -> list[int]:
    """The places in `rows` of those to keep, in order.

    An incident that was never closed is over all the same once a later one was declared: rows of an
    earlier epoch add nothing to what is known.
    """
    last = max((row.epoch for row in rows), default=0)
    recent = {place for place, row in enumerate(rows) if row.epoch > last - incidents}
    kept = recent | _last_words(rows) | _armed(rows) | _heard(rows, causes)
    return sorted(kept | _told_twice(rows, kept))


def _told_twice(rows: Sequence[Row], kept: set[int]) -> set[int]:
    """All words about a server of which the kept ones say something else: one was written down twice (S35).

    Of the copies of one word the first counts, of two words the last; so it depends on all between.
    """
    before, after = _wants(rows), _wants([row for place, row in enumerate(rows) if place in kept])
    unlike = {server for server, want in before.items() if after.get(server) != want}
    return {
        place
        for place, row in enumerate(rows)
        if row.kind is Kind.WANTED and not unlike.isdisjoint(row.details["servers"])
    }


def _wants(rows: Sequence[Row]) -> dict[str, Want]:
    facts = Facts()
    for row in rows:
        if row.kind is Kind.WANTED:
            facts.apply(row, heard_s=0.0)
    return facts.wants


def _last_words(rows: Sequence[Row]) -> set[int]:
    """Of every fact that outlives its incident the row that says how it is now.

    Of several holds at the same wall time the last one heard counts: all of them stay, or a peer's copy
    of an earlier one would come as news and have the last word.
    """
    best: dict[tuple[str, str], tuple[Rank, set[int]]] = {}
    for place, row in enumerate(rows):
        for about, rank in _says(row):
            known = best.get(about)
            if known is None or rank > known[0]:
                best[about] = rank, {place}
            elif rank == known[0] and row.kind is Kind.HELD:
                known[1].add(place)
    return {place for _, places in best.values() for place in places}


def _says(row: Row) -> Iterator[tuple[tuple[str, str], Rank]]:
    """What a row says something lasting about, and its rank: the higher one counts (`Facts`)."""
    wall_s = row.details.get("wall_s")
    if wall_s is None:
        return
    match row.kind:
        case Kind.WANTED:
            up = row.details["goal"] == Goal.UP.value
            for server in row.details["servers"]:
                yield (row.kind.value, server), (wall_s, up)
        case Kind.WATCHED:
            yield (row.kind.value, ""), (wall_s,)
        case Kind.SHUT_DOWN:
            yield (row.kind.value, row.subject), (wall_s, not row.details["down"])
        case Kind.REACHED | Kind.RESTARTS | Kind.HELD:
            yield (row.kind.value, row.subject), (wall_s,)
        case _:
            pass


def _armed(rows: Sequence[Row]) -> set[int]:
    """The last OFF of each UPS that was heard: it counts down beyond its incident."""
    facts, last = Facts(), dict[str, int]()
    for place, row in enumerate(rows):
        heard = row.epoch > facts.epoch or (row.epoch == facts.epoch and not facts.closed)
        facts.apply(row, heard_s=0.0)
        if heard and row.kind is Kind.OFF_ARMED:
            last[row.subject] = place
    return set(last.values())


def _heard(rows: Sequence[Row], causes: int) -> set[int]:
    """Rows that carry the id of an instant or a request: each of them counts once (S35)."""
    carry = [place for place, row in enumerate(rows) if row.kind in (Kind.WANTED, Kind.HELD, Kind.REFUSED)]
    watched_s = [row.details.get("wall_s") for row in rows if row.kind is Kind.WATCHED]
    since_s = max((wall_s for wall_s in watched_s if wall_s is not None), default=None)
    since = {
        place for place in carry if since_s is not None and rows[place].details.get("wall_s", 0.0) >= since_s
    }
    return since | set(carry[-causes:] if causes else ())
