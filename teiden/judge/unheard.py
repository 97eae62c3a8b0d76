"""Whether a node could know that somebody pressed a button: by a card, by its loads, by who booted."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.ledger.cards import Cards

TELLING = ("ups.", "card.answering", "server.")
DOWN = ("server.halted", "server.crashed")


def unheard(events: Sequence[Event], site: Site, node: str, ups: str, from_s: float, to_s: float) -> bool:
    """Its card was silent for this node then, and until then neither it nor who draws from it was heard."""
    names = {ups, *(server.name for server in site.servers_on(ups))}
    told = (e for e in events if e.by == node and e.subject in names and from_s <= e.t <= to_s)
    if any(e.source is Source.SEEN and e.name.startswith(TELLING) for e in told):
        return False
    cards = Cards(events, frozenset(site.cluster.nodes))
    return cards.heard_since_s(node, ups, from_s) is None
