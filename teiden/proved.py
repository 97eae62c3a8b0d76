"""What was proved of a site file before it may command hardware: its rules, and its stories in virtual time.

A record beside the site file (`site.yaml.proved.json`) holds the file's hash. One byte more in the file
and the record is about another site; another version of Teiden has to prove it anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.rehearsal import Rehearsal
    from teiden.rules.report import Report

SUFFIX = ".proved.json"


@dataclass(frozen=True, slots=True)
class Played:
    story: str
    holds: bool
    own: bool
    """The site as it stands in its file; False: with changes laid over it."""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    site: str
    site_hash: str
    teiden: str
    at: str
    """ISO 8601, UTC."""
    errors: tuple[str, ...]
    """Rules that its settings break."""
    stories: tuple[Played, ...] = field(default=())

    def why_not(self) -> str:
        """What keeps this site from being armed, in words; '' if nothing does."""
        if self.errors:
            return t("the settings break {rules}: see `teiden check`", rules=", ".join(self.errors))
        if broken := [story.story for story in self.stories if not story.holds]:
            return t("{stories} did not hold", stories=", ".join(broken))
        if not any(story.own for story in self.stories):
            return t("no story was played on the site as it stands in its file")
        return ""


def record(site: Path, site_hash: str, report: Report, rehearsals: Iterable[Rehearsal]) -> Record:
    """What this check and these stories, all of this very site file, have shown."""
    from teiden.opening import versions
    from teiden.rules.finding import Severity

    errors = [f.rule for f in report.findings if f.severity is Severity.ERROR]
    played = [
        Played(r.story.name, r.verdict.holds, r.story.site_hash == site_hash, r.verdict.summary())
        for r in rehearsals
    ]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    version = versions()["teiden"]
    return Record(site.name, site_hash, version, now, tuple(dict.fromkeys(errors)), tuple(played))


def path_of(site: str | os.PathLike[str]) -> Path:
    return Path(f"{os.fspath(site)}{SUFFIX}")


def write(record: Record, path: Path) -> None:
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(asdict(record), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(path)


def why_not_armed(site: str | os.PathLike[str], site_hash: str) -> str:
    """Why this site file may not command hardware; '' if it may. One line for a person."""
    path = path_of(site)
    try:
        found = _read(path)
    except FileNotFoundError:
        return t("nothing was proved of {site}; run `teiden prove {site} STORY...`", site=os.fspath(site))
    except (OSError, ValueError, TypeError, KeyError) as error:
        return t("{path} cannot be read ({error}); run `teiden prove` again", path=path, error=error)
    if found.site_hash != site_hash:
        return t("{site} has changed since {at}; run `teiden prove` again", site=os.fspath(site), at=found.at)
    from teiden.opening import versions

    if found.teiden != versions()["teiden"]:
        return t("it was proved with Teiden {version}; run `teiden prove` again", version=found.teiden)
    return found.why_not()


def _read(path: Path) -> Record:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    stories = tuple(Played(**story) for story in told.pop("stories"))
    return Record(**{**told, "errors": tuple(told["errors"])}, stories=stories)
