"""What a status says of the site file: whether another one waits on the disk, and what it needs (R6-45)."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from realtime.status import ChangeView, ConfigurationView, Status
from teiden.configuration.needs import Need, in_words
from teiden.language.retell import retold
from teiden.language.say import t
from teiden.status.lines import Row, laid_out
from teiden.status.readings import plain, title

HASH_SHOWN = 12
"""Characters of a SHA-256: enough for a person to tell two files apart."""
MOST_KEYS = 8


def site_file(status: Status, wide: int) -> Iterator[Text]:
    """Nothing where the file on the disk is the one that is gone by."""
    view = status.configuration
    if not (view.pending or view.wrong):
        return
    yield title(t("SITE FILE"))
    for line in (*headline(status), *needs(view)):
        yield from plain(f"  {line}", wide, "yellow")
    rows = [Row((Text(key, style="bold"), Text(of)), words) for key, of, words in keys(view)]
    yield from laid_out(rows, "<<", wide)


def headline(status: Status) -> list[str]:
    """What is gone by, what waits, and why it cannot be gone by."""
    view = status.configuration
    found = [t("active: {hash} ({path})", hash=status.site_hash[:HASH_SHOWN], path=view.path)]
    if view.pending:
        where = view.pending_path
        if view.pending_from:
            where = t("{path}, sent by {node}", path=where, node=view.pending_from)
        found.append(t("pending: {hash} ({path})", hash=view.pending[:HASH_SHOWN], path=where))
    if view.wrong:
        found.append(t("it cannot be gone by: {why}", why=retold(view.wrong)))
    elif view.not_armed:
        found.append(t("it could not be armed: {why}", why=retold(view.not_armed)))
    return found


def needs(view: ConfigurationView) -> list[str]:
    """What it takes until it counts, in a sentence."""
    if not view.pending or view.wrong:
        return []
    found = [t("it needs {need}", need=in_words(view.need))]
    if not view.changed:
        found.append(t("no key has changed: comments, or their order"))
    return found


def keys(view: ConfigurationView) -> list[tuple[str, str, str]]:
    """Each changed key, of whom, what it needs; of many the weightiest."""
    shown = [(one.key, _of(one), in_words(one.need)) for one in view.changes[:MOST_KEYS]]
    if (more := view.changed - len(shown)) > 0:
        shown.append((t("... and {n} more", n=more), "", ""))
    return shown


def _of(one: ChangeView) -> str:
    """A reload or restart of the service is on every control node, and says so."""
    return "" if one.need in (Need.RELOAD, Need.SERVICE) else ", ".join(one.of)
