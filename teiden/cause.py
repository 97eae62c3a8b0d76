"""Why a story broke, as far as the settings explain it: what `teiden check` says about the site as played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from teiden.language.say import t
from teiden.story import Story

if TYPE_CHECKING:
    from realtime.contacts import Contacts
    from sequencer.site import Site
    from sim.model import Model
    from teiden.files.site_file import SiteFile
    from teiden.files.source import Place
    from teiden.plan.arithmetic import KeyPath
    from teiden.rules.finding import Finding

MOST = 2
"""A broken site breaks many rules; the first ones say enough."""


@dataclass(frozen=True)
class AsPlayed:
    """The story's site, with what the story changes in it, and the places of the file it came from."""

    site: Site
    model: Model
    file: SiteFile

    @property
    def contacts(self) -> Contacts:
        return self.file.contacts

    @property
    def is_live(self) -> bool:
        """A story plays in the pretend room: what only live mode breaks is no cause."""
        return False

    def place(self, key_path: KeyPath) -> Place:
        return self.file.place(key_path)


def causes(story: Story) -> list[str]:
    """`R6-14  reference.yaml:22: ups3 confirm 700 s: needs 750 s, has 700 s`, the worst first."""
    from teiden.files.site_file import load_site
    from teiden.files.source import InputError
    from teiden.rules.finding import Severity
    from teiden.rules.report import check

    try:
        file = load_site(story.site_file)
    except InputError:
        return []  # it was there when the story was loaded; the verdict does not hang on it
    report = check(AsPlayed(story.site, story.model, file))
    errors = [f for f in report.findings if f.severity is Severity.ERROR]
    changed = file.hash != story.site_hash
    said = [_said(f, report.place(f), changed=changed) for f in errors[:MOST]]
    if len(errors) > MOST:
        more = t("and {n} more errors: teiden check {site}", n=len(errors) - MOST, site=story.site_file)
        said.append(more)
    return said


def _said(finding: Finding, place: Place, *, changed: bool) -> str:
    where = f"{place.file}:{place.line}" if place.line else place.file
    if changed:
        where = t("{place}, as this story changes it", place=where)
    text = f"{finding.rule}  {where}: {finding.message}"
    margin = finding.margin
    if margin is None:
        return text
    needs, has, unit = f"{margin.needs.total:g}", f"{margin.has.total:g}", margin.unit
    return t(
        "{text}; needs {needs} {unit} ({sum}), has {has} {unit}",
        text=text,
        needs=needs,
        unit=unit,
        sum=margin.brief,
        has=has,
    )
