"""Who draws from a UPS, and what becomes of each of them without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sequencer.site import ServerRole, Site
from teiden.language.say import t


@dataclass(frozen=True, slots=True)
class Supplied:
    kind: str
    name: str
    label: str
    falls: bool
    """It goes off with this UPS alone."""
    words: str


def supplied(site: Site, ups: str) -> list[Supplied]:
    """Servers, arrays, switches; in the order of the site file."""
    return [*_servers(site, ups), *_arrays(site, ups), *_switches(site, ups)]


def _servers(site: Site, ups: str) -> Iterator[Supplied]:
    for server in site.servers_on(ups):
        others = [name for name in server.upses if name != ups]
        stays = len(others) >= server.minimum_supplies
        words = t("by {others}", others=", ".join(others)) if stays else ""
        if not stays and server.name in site.cluster.nodes:
            words = t("it is a control node")
        pool = server.role is ServerRole.POOL and not server.label
        label = t("pool server") if pool else server.label
        yield Supplied(t("a server"), server.name, label, not stays, words)


def _arrays(site: Site, ups: str) -> Iterator[Supplied]:
    for array in site.arrays_on(ups):
        lost = [
            words
            for words, upses in (
                (t("its controllers"), array.controllers),
                (t("its enclosures"), array.enclosures),
            )
            if _alone(ups, upses)
        ]
        others = ", ".join(name for name in array.upses if name != ups)
        told = t("{parts} lose their power", parts=t(" and ").join(lost))
        words = told if lost else t("by {others}", others=others)
        if lost and (users := [server.name for server in site.users_of(array.name)]):
            words += t("; {servers} lose their disk", servers=", ".join(users))
        yield Supplied(t("an array"), array.name, array.label, bool(lost), words)


def _switches(site: Site, ups: str) -> Iterator[Supplied]:
    for switch in site.switches_on(ups):
        others = [name for name in switch.upses if name != ups]
        stays = len(others) >= switch.minimum_supplies
        words = t("by {others}", others=", ".join(others)) if stays else ""
        yield Supplied(t("a switch"), switch.name, "", not stays, words)


def _alone(ups: str, upses: Sequence[str]) -> bool:
    return tuple(upses) == (ups,)
