"""What is kept of a password, and what a guess costs: hashes as they are; other tests make cheaper ones."""

from __future__ import annotations

import pytest

from teiden.web.guard import passwords

COST = "$argon2id$v=19$m=65536,t=3,p=1$"
"""RFC 9106, section 4, the second recommended choice: 64 MiB, three passes; one lane, for one at a time."""


@pytest.fixture
def little_work() -> None:
    """Here they take what they take."""


def test_sec_13_a_guess_costs_as_the_rfc_recommends_and_at_nobodys_as_much() -> None:
    kept = passwords.hashed("correct horse battery")
    assert kept.startswith(COST)
    assert passwords.NOBODYS.startswith(COST)
    assert "horse" not in kept
    assert passwords.fits(kept, "correct horse battery")
    assert not passwords.fits(kept, "correct horse batter")


def test_sec_13_nobodys_hash_lets_nobody_in() -> None:
    assert not passwords.fits(passwords.NOBODYS, "")
    assert not passwords.fits("no hash", "no hash")
