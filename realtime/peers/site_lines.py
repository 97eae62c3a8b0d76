"""A site file on its way between two nodes: one line holds all of it, packed, with its SHA-256.

So it arrives wholly or not at all. What is too large for a line is refused where it is packed, what unpacks
to more than a site file may have, where it is unpacked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from typing import Any

from realtime.peers.lines import MAX_LINE, Malformed, short
from realtime.site_files import Offer

MAX_SITE = 4 * 2**20
"""Bytes, unpacked; what `teiden.files.text` reads at most."""
MAX_PROOF = 2**20
MAX_PACKED = MAX_LINE - 1024
"""Characters of file and record together. A site of a thousand devices takes about 40,000."""
DIGEST = re.compile(r"[0-9a-f]{64}")
TAKE_KEYS = frozenset({"n", "ask", "sha256", "over", "site", "proof"})


def packed(content: bytes) -> str:
    """Raises Malformed where it would not fit into a line."""
    told = base64.b64encode(zlib.compress(content, 9)).decode("ascii")
    if len(told) > MAX_PACKED:
        raise Malformed(f"{len(content)} bytes are too many: packed they are more than {MAX_PACKED}")
    return told


def unpacked(told: object, most: int) -> bytes:
    """At most `most` bytes, or Malformed: no more than those are ever unpacked."""
    if not isinstance(told, str) or len(told) > MAX_LINE:
        raise Malformed(f"a file is {short(told)}, not packed text")
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(base64.b64decode(told, validate=True), most + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Malformed("a file does not unpack") from None
    if len(content) > most:
        raise Malformed(f"a file unpacks to more than {most} bytes")
    if not unpacking.eof or unpacking.unused_data:
        raise Malformed("a file does not end where it should")
    return content


def take_line(offer: Offer) -> dict[str, Any]:
    """The question. Raises Malformed where it would not fit into a line."""
    site, proof = packed(offer.site), packed(offer.proof)
    if len(site) + len(proof) > MAX_PACKED:
        raise Malformed(f"file and record are too many bytes: packed they are more than {MAX_PACKED}")
    return {"ask": "take", "sha256": offer.digest, "over": offer.over, "site": site, "proof": proof}


def offer_from(told: dict[str, Any]) -> Offer:
    """Raises Malformed, also where the bytes are not those of the hash."""
    if told.keys() != TAKE_KEYS:
        raise Malformed("a file comes with sha256, over, site, proof")
    wanted, over = digest_of(told, "sha256"), digest_of(told, "over")
    site, proof = unpacked(told["site"], MAX_SITE), unpacked(told["proof"], MAX_PROOF)
    if hashlib.sha256(site).hexdigest() != wanted:
        raise Malformed("the file is not the one of its SHA-256")
    return Offer(wanted, over, site, proof)


def digest_of(told: dict[str, Any], key: str) -> str:
    value = told.get(key)
    if not isinstance(value, str) or not DIGEST.fullmatch(value):
        raise Malformed(f"{key} is {short(value)}, not a SHA-256 in hex")
    return value
