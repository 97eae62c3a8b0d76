"""What was proved of a site file before it may command hardware: its rules, and its stories in virtual time.

The rules are those of live mode too, whether or not the file says `live:`: who proves it means to arm it.

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
    from teiden.files.site_file import SiteFile
    from teiden.rehearsal import Rehearsal

SUFFIX = ".proved.json"


@dataclass(frozen=True, slots=True)
class Played:
    story: str
    holds: bool
    own: bool
    """The site as it stands in its file; False: with changes laid over it."""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    place: str
    """`file:line:col`."""
    message: str
    """In the language of the run that proved it."""


@dataclass(frozen=True, slots=True)
class Record:
    site: str
    site_hash: str
    teiden: str
    at: str
    """ISO 8601, UTC."""
    broken: tuple[Rule, ...]
    """Rules that its settings break, those of live mode among them, as they stand in the file."""
    stories: tuple[Played, ...] = field(default=())

    def why_not(self) -> str:
        """What keeps this site from being armed, in words; '' if nothing does."""
        if self.broken:
            rules = dict.fromkeys(rule.id for rule in self.broken)
            return t(
                "the settings break {rules}, first at {place}: see `teiden check --live`",
                rules=", ".join(rules),
                place=self.broken[0].place,
            )
        if broken := [story.story for story in self.stories if not story.holds]:
            return t("{stories} did not hold", stories=", ".join(broken))
        if not any(story.own for story in self.stories):
            return t("no story was played on the site as it stands in its file")
        return ""


def record(site_file: SiteFile, rehearsals: Iterable[Rehearsal]) -> Record:
    """What every rule and these stories, all of this very site file, have shown."""
    from teiden.opening import versions

    site, site_hash = Path(site_file.path), site_file.hash
    played = [
        Played(r.story.name, r.verdict.holds, r.story.site_hash == site_hash, r.verdict.summary())
        for r in rehearsals
    ]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    version = versions()["teiden"]
    return Record(site.name, site_hash, version, now, broken_by(site_file), tuple(played))


def broken_by(site_file: SiteFile) -> tuple[Rule, ...]:
    """The rules whose breaking is an error, those of live mode too, as they stand in the file."""
    from teiden.rules.finding import Severity
    from teiden.rules.registry import rules_for

    site, model, contacts = site_file.site, site_file.model, site_file.contacts
    found = [f for rule in rules_for(live=True) for f in rule.check(site, model, contacts)]
    placed = [(site_file.place(f.path), f) for f in found if f.severity is Severity.ERROR]
    placed.sort(key=lambda pair: (pair[0].line, pair[0].col))
    return tuple(Rule(f.rule, str(place), f.message) for place, f in placed)


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
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return t("nothing was proved of {site}; run `teiden prove {site} STORY...`", site=os.fspath(site))
    except (OSError, ValueError) as error:
        return t("{path} cannot be read ({error}); run `teiden prove` again", path=path, error=error)
    return why_not_by(text, site, site_hash)


def why_not_by(text: str, site: str | os.PathLike[str], site_hash: str) -> str:
    """The same, by the text of a record that need not lie beside the site file."""
    try:
        found = _record_of(text)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return t("{path} cannot be read ({error}); run `teiden prove` again", path=path_of(site), error=error)
    if found.site_hash != site_hash:
        return t("{site} has changed since {at}; run `teiden prove` again", site=os.fspath(site), at=found.at)
    from teiden.opening import versions

    if found.teiden != versions()["teiden"]:
        return t("it was proved with Teiden {version}; run `teiden prove` again", version=found.teiden)
    return found.why_not()


def _record_of(text: str) -> Record:
    told: dict[str, Any] = json.loads(text)
    stories = tuple(Played(**story) for story in told.pop("stories"))
    broken = tuple(Rule(**rule) for rule in told.pop("broken"))
    return Record(**told, broken=broken, stories=stories)
