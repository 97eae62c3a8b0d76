"""What docs/howto/service.md says of the service is what the service does."""

from __future__ import annotations

import json
import re
from dataclasses import fields

import house_rules
from realtime.events_out import FILES, LARGE, RING
from realtime.journal import ballast, compaction, disk
from realtime.outbox.lane import Pace
from realtime.outbox.letter import FORMAT, Letter, letter_from
from realtime.outbox.outbox import ALIKE_S
from realtime.outbox.webhook import HOPELESS
from realtime.redaction import SHORTEST

PAGE = (house_rules.ROOT / "docs" / "howto" / "service.md").read_text(encoding="utf-8")


def test_the_json_of_a_webhook_is_what_a_webhook_gets() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    body = json.loads(example)
    assert json.loads(letter_from(example).json()) == body
    assert list(body) == ["format", *(field.name for field in fields(Letter))]
    assert body["format"] == FORMAT
    section = PAGE[PAGE.index("A webhook gets") : PAGE.index("A mail has")]
    for key in body:
        assert re.search(rf"^\| .*`{key}`.* \|", section, re.MULTILINE), key


def test_its_numbers_are_those_of_the_code() -> None:
    pace = Pace()
    for said in (
        f"the last {compaction.INCIDENTS} incidents",
        f"the last {compaction.CAUSES} are remembered",
        f"{ballast.BYTES >> 20} MB of nothing",
        f"tried again after {pace.first_s:g} s",
        f"every {pace.most_s / 60:g} minutes; after {pace.give_up_s / 3600:g} hours",
        f"within {ALIKE_S / 60:g} minutes",
        "{}, {} and {} mean that it never will".format(*HOPELESS),
        f"{LARGE >> 20} MiB",
        f"the last {FILES} are kept",
        f"{RING:,} events wait in memory",
    ):
        assert said in PAGE, said
    assert SHORTEST == 4
    assert "fewer than four characters" in PAGE


def test_the_disks_that_it_names_are_refused() -> None:
    for kind in ("nfs4", "cifs", "gfs2", "tmpfs", "overlay", "fuse.sshfs"):
        assert disk._unfit(kind)
    assert not disk._unfit("ext4")
    assert not disk._unfit("xfs")
