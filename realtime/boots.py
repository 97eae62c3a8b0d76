"""Whether this machine has booted since the service began last on it, whatever its clocks show (T4).

By the id that its kernel gives each boot. The last one is kept beside the journal.
"""

from __future__ import annotations

from pathlib import Path

BOOT_ID = "/proc/sys/kernel/random/boot_id"


def has_booted(journal: str, boot_id: str = BOOT_ID) -> bool:
    """To be asked once by each service that begins: it keeps the id for the next one.

    False where no earlier one is kept, or this one is not told, or cannot be kept: then nothing is proved.
    """
    kept = Path(f"{journal}.boot")
    try:
        now = Path(boot_id).read_text(encoding="ascii").strip()
        before = kept.read_text(encoding="ascii").strip() if kept.exists() else ""
        if now != before:
            kept.write_text(now, encoding="ascii")
    except (OSError, UnicodeError):
        return False
    return bool(now and before) and now != before
