"""One test item: a story that is played, or a site that is checked. A failure is a text, no traceback."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from teiden.harness.options import Settings

if TYPE_CHECKING:
    from teiden.rehearsal import Rehearsal
    from teiden.story import Story


class DoesNotHold(Exception):
    """Carries the text of a failure, which begins with `path:line:`."""


class TeidenItem(pytest.Item):
    """What all our items share: the marker, the line in the YAML, and failures in words."""

    def __init__(self, *, line: int = 0, **settings: Any) -> None:
        super().__init__(**settings)
        self.line = line
        self.folder = ""
        """Of what a failure leaves; named when everything is collected."""
        self.add_marker("teiden")

    def reportinfo(self) -> tuple[os.PathLike[str], int, str]:
        return self.path, max(0, self.line - 1), f"{self.path.name} :: {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> Any:
        """A traceback is left for what is our own mistake."""
        if isinstance(excinfo.value, DoesNotHold):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def runtest(self) -> None:
        settings = Settings.of(self.config)
        with settings.speaking():
            self.carry_out(settings)

    def carry_out(self, settings: Settings) -> None:
        raise NotImplementedError


class StoryItem(TeidenItem):
    """A story, or one item of its `vary:`."""

    def __init__(self, *, story: Story, **settings: Any) -> None:
        super().__init__(**settings)
        self.story = story

    def carry_out(self, settings: Settings) -> None:
        from teiden.reports.properties import properties

        rehearsal = self._rehearsed(settings)
        self.user_properties += properties(rehearsal).items()
        if not rehearsal.verdict.holds:
            raise DoesNotHold(self._told(rehearsal, settings))

    def _rehearsed(self, settings: Settings) -> Rehearsal:
        from teiden.commands.console import NotCarriedOut
        from teiden.compose import rehearse, unfit_for

        if why := unfit_for(self.story, settings.room):
            pytest.skip(why)
        try:
            return rehearse(self.story, room=settings.room, rate=settings.rate, seed=settings.seed)
        except NotCarriedOut as why_not:
            raise DoesNotHold(str(why_not)) from None

    def _told(self, rehearsal: Rehearsal, settings: Settings) -> str:
        from teiden import report

        files = []
        if settings.artifacts is not None:
            from teiden.harness import artifacts

            files = artifacts.write(rehearsal, settings.artifacts / self.folder)
        place = rehearsal.story.place
        where = f"{place.file}:{place.line}: " if place is not None else ""
        return "\n".join(report.broken(rehearsal, head=where + rehearsal.story.sentence, files=files))


class CheckItem(TeidenItem):
    """A site file: whoever passes has no error, warnings or not, as `teiden check` has it."""

    def __init__(self, *, file: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.file = file

    def carry_out(self, settings: Settings) -> None:
        from teiden.files.site_file import load_site
        from teiden.files.source import InputError
        from teiden.rules.report import check
        from teiden.rules.text import report_text

        try:
            site = load_site(self.file)
        except InputError as error:
            raise DoesNotHold(str(error)) from None
        self.user_properties.append(("site_hash", site.hash))
        found = check(site)
        text = report_text(found).rstrip()
        if found.exit_code:
            worst = found.place(found.findings[0])
            raise DoesNotHold(f"{worst.file}:{worst.line}: {text}")
        self.add_report_section("call", "teiden check", text)


class UnreadableItem(TeidenItem):
    """A file that is no story, by all that is wrong with it."""

    def __init__(self, *, problems: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.problems = problems

    def carry_out(self, settings: Settings) -> None:
        raise DoesNotHold(self.problems)
