"""A site file in one line: wholly or not at all, bounded, and the one of its SHA-256."""

from __future__ import annotations

import base64
import os
import zlib

import pytest

from realtime.peers.lines import MAX_LINE, Malformed, line_of
from realtime.peers.site_lines import MAX_PACKED, offer_from, packed, take_line, unpacked
from tests.site_files import POLLED, offer
from tests.two_nodes import TWO


def line(**changes: object) -> dict[str, object]:
    return {"n": 1, **take_line(offer(POLLED, TWO)), **changes}


def test_a_file_comes_as_it_was_sent() -> None:
    assert offer_from(line()) == offer(POLLED, TWO)


def test_the_largest_site_goes_into_one_line() -> None:
    """Ten thousand servers; a site file may have 4 MiB."""
    text = TWO + "".join(
        f"  srv{n}: {{role: linked, upses: [ups{n % 97}], label: ラック{n}}}\n" for n in range(10_000)
    )
    assert len(line_of({"n": 1, **take_line(offer(text, TWO))})) <= MAX_LINE


def test_what_does_not_go_into_a_line_is_refused_where_it_is_packed() -> None:
    with pytest.raises(Malformed, match="are too many"):
        packed(os.urandom(MAX_PACKED))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sha256": "5f1c"}, "sha256 is '5f1c', not a SHA-256"),
        ({"sha256": "0" * 64}, "the file is not the one of its SHA-256"),
        ({"over": None}, "over is None"),
        ({"site": 7}, "not packed text"),
        ({"site": "!!!"}, "does not unpack"),
        ({"site": base64.b64encode(b"plain").decode()}, "does not unpack"),
        ({"proof": base64.b64encode(zlib.compress(b"x") + b"y").decode()}, "does not end"),
        ({"proof": base64.b64encode(zlib.compress(b"x" * 99)[:-5]).decode()}, "does not end"),
        ({"more": True}, "a file comes with"),
    ],
)
def test_what_is_no_file_is_refused_in_words(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        offer_from(line(**changes))


def test_a_bomb_is_not_unpacked() -> None:
    """A hundred megabytes of nothing go into a hundred kilobytes; no more than is allowed is ever made."""
    bomb = base64.b64encode(zlib.compress(bytes(100 * 2**20), 9)).decode()
    assert len(bomb) < MAX_PACKED
    with pytest.raises(Malformed, match="unpacks to more than 1000 bytes"):
        unpacked(bomb, 1000)
