"""The language of the request socket: one JSON object a line, and what a line must be to be a request.

Whoever writes to the socket may be wrong in every possible way; a line is understood wholly or refused
in words. docs/requests.md is the reader's side.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sequencer.requests import MANAGERS, Request, Wish

MAX_LINE = 64 * 1024
"""Bytes. A request that names a thousand servers takes about 20 kB."""
MAX_NAME = 100
MAX_NAMES = 2000
EVERYTHING = "everything"
"""What `of` says for the whole site: a list that is empty by mistake must not switch it off."""
WISHES = {wish.value: wish for wish in Wish if wish not in MANAGERS}
"""What a client may ask for. What the cluster's manager does is told at a socket of its own."""
WHOLE_SITE = frozenset({Wish.POWER_OFF, Wish.POWER_ON})
"""Wishes that may be about everything; a hold names its devices (S27)."""
WHOLE_CLUSTER = frozenset({Wish.CLUSTER_SHUTDOWN, Wish.CLUSTER_REBOOT})
KEYS = frozenset({"wish", "of", "by", "id"})


@dataclass(frozen=True, slots=True)
class Hearing:
    """What may be said at a socket."""

    wishes: Mapping[str, Wish]
    nodes: frozenset[str] | None = None
    """The only names that may stand in `of`; None: any, whoever carries it out looks at them."""


CLIENTS = Hearing(WISHES)


def manager_of(nodes: Iterable[str]) -> Hearing:
    """The manager of the cluster of these nodes tells what it is about to do itself (R2-08, R2-09)."""
    return Hearing({wish.value: wish for wish in Wish if wish in MANAGERS}, frozenset(nodes))


class Malformed(ValueError):
    """Why a line is no request; `id` is what its sender called it, where that could be read."""

    def __init__(self, reason: str, id: str = "") -> None:
        super().__init__(reason)
        self.id = id


def request_from(line: bytes, peer: str, fresh_id: str, hearing: Hearing = CLIENTS) -> Request:
    """The request that a line says, or Malformed.

    `peer`: who the system says is asking; it stands in `by` beside what the sender calls itself.
    `fresh_id`: the request's id where the sender gave it none.
    """
    told = _object(line)
    id = _text(told, "id", "") if "id" in told else fresh_id
    if not id:
        raise Malformed("id is empty; leave it out, or give one that no other request has")
    if unknown := sorted(told.keys() - KEYS):
        raise Malformed(f"unknown key {_short(unknown[0])}; a request has {_listed(KEYS)}", id)
    if told.get("wish") not in list(hearing.wishes):
        raise Malformed(f"wish is {_short(told.get('wish'))}; it is one of {_listed(hearing.wishes)}", id)
    wish = hearing.wishes[told["wish"]]
    by = _text(told, "by", id) if "by" in told else ""
    of = _names(told.get("of"), wish, id)
    if hearing.nodes is not None and (strange := sorted(set(of) - hearing.nodes)):
        raise Malformed(f"no node of the cluster is called {_short(strange[0])}", id)
    return Request(id, wish, of, f"{by} ({peer})" if by else peer)


def reply_line(id: str, accepted: bool | None, reason: str = "") -> bytes:
    """`accepted` None: it is not known whether it will be carried out."""
    told: dict[str, Any] = {"id": id, "accepted": accepted}
    if reason:
        told["reason"] = reason
    return json.dumps(told).encode("ascii") + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise Malformed("the line is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"the line is not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise Malformed("the line is nested too deeply") from None
    except Malformed:
        raise
    except ValueError:  # of thousands of digits, which Python does not read
        raise Malformed("a number in the line is too long") from None
    if not isinstance(told, dict):
        raise Malformed('a request is an object, e.g. {"wish": "power_off", "of": ["blade1"]}')
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise Malformed("a key stands twice; which of them counts?")
    return told


def _text(told: dict[str, Any], key: str, id: str) -> str:
    value = told[key]
    if not isinstance(value, str) or len(value) > MAX_NAME or not value.isprintable():
        raise Malformed(f"{key} is one line of text, up to {MAX_NAME} characters", id)
    return value


def _names(of: object, wish: Wish, id: str) -> tuple[str, ...]:
    """No name at all means everything to the sequencer; here it must be said in so many words."""
    if of == EVERYTHING and wish in WHOLE_SITE | WHOLE_CLUSTER:
        return ()
    if wish in WHOLE_CLUSTER:
        raise Malformed(f'of is "{EVERYTHING}": a cluster goes down as a whole', id)
    whole = f', or "{EVERYTHING}"' if wish in WHOLE_SITE else ""
    if not isinstance(of, list) or not 0 < len(of) <= MAX_NAMES:
        raise Malformed(f'of is a list of names, e.g. ["blade1"]{whole}', id)
    for name in of:
        if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME or not name.isprintable():
            raise Malformed(f"of: {_short(name)} is not a name", id)
    return tuple(dict.fromkeys(of))


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
