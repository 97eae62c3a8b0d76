"""The proposed limits as a change of the site file's text, and what the rules say of the site then."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from teiden.files.site_file import SiteFile, site_from
from teiden.files.source import InputError
from teiden.files.text import FileText, read_text
from teiden.language.say import t
from teiden.rules.finding import Finding
from teiden.rules.report import Report, check
from teiden.tune.case import Values, with_values
from teiden.tune.edit import NotEditable, diff, edited, mark_of, shown


@dataclass(frozen=True)
class Patch:
    text: str
    """The whole file as it would be."""
    diff: str
    """'' where nothing is to be set."""
    report: Report
    """Every rule held against the file as it would be."""
    new: tuple[Finding, ...]
    """What it breaks that was not broken before."""

    @property
    def breaks(self) -> bool:
        return any(finding.severity.value == "error" for finding in self.new)


def loaded(path: str | os.PathLike[str]) -> tuple[SiteFile, FileText]:
    content = read_text(path)
    return site_from(content, os.fspath(path)), content


def patched(site_file: SiteFile, content: FileText, values: Values) -> Patch:
    """NotEditable: a value is written in a way that cannot be changed for one device alone."""
    before = check(site_file)
    text = edited(content.text, site_file.site, values) if values else content.text
    again = site_file if text == content.text else _again(text, site_file, values)
    after = before if again is site_file else check(again)
    known = {finding.key for finding in before.findings}
    new = tuple(finding for finding in after.findings if finding.counts and finding.key not in known)
    mark = mark_of(site_file.path)
    told = diff(mark + content.text, mark + text, shown(site_file.path))
    return Patch(mark + text, told, after, new)


def _again(text: str, site_file: SiteFile, values: Values) -> SiteFile:
    """Read once more: it has to say what was meant, and nothing else."""
    try:
        again = site_from(FileText(text, hashlib.sha256(text.encode()).hexdigest()), site_file.path)
    except InputError as error:
        raise NotEditable(str(error)) from None
    if again.site != with_values(site_file.site, values):
        raise NotEditable(t("the changed file does not say what was computed; please report this"))
    return again


def write(path: str, text: str) -> None:
    """In place of the file, all of it or nothing, with its mode. Raises OSError."""
    target = Path(path).resolve()
    mode = target.stat().st_mode & 0o7777
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
