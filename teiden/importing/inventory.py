"""An inventory from a spreadsheet: a row a device, a column a setting; every wrong cell is told at once."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

from teiden.files.wording import did_you_mean
from teiden.importing.cells import Cell, rows_of
from teiden.importing.checks import KINDS, complaint
from teiden.importing.columns import BY_HEADING, COLUMNS, EXAMPLE, ROWS, ROWS_JA, Column
from teiden.importing.draft import Draft, Value
from teiden.importing.text import Text
from teiden.language.say import language, said, t

BETWEEN = re.compile(r"[\s,;+/、・]+")
"""What may stand between several names in one cell."""
SUGGESTED = 20
"""Past so many columns that nobody understands this is no inventory, and looking for likeness takes long."""
YES, NO = (
    ("yes", "true", "on", "1", "する", "はい", "○"),
    ("no", "false", "off", "0", "しない", "いいえ", "×"),
)


def read(text: Text, draft: Draft) -> None:
    """Everything that the rows say, into the draft. InputError: it is no table at all."""
    rows = rows_of(text)
    if not rows:
        draft.wrong(text.place(1, 1, 1, ""), t("the file has no rows"), _template_hint())
        return
    columns = _columns(rows[0], draft)
    named = [column.name for column in columns if column]
    missing = [name for name in ("kind", "name") if name not in named]
    for name in missing:
        draft.wrong(rows[0][0].place, t("there is no column {name}", name=name), _template_hint())
    if missing:
        return
    seen: dict[tuple[str, str], Cell] = {}
    for row in rows[1:]:
        _row(columns, row, seen, draft)


def template() -> str:
    """The columns, what they mean, and a few rows to write over; all in the language of this run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(column.japanese if language() == "ja" else column.name for column in COLUMNS)
    writer.writerow(f"{'# ' * (not at)}{said(column.meaning)}" for at, column in enumerate(COLUMNS))
    for row in EXAMPLE:
        writer.writerow(row.get(column.name, "") for column in COLUMNS)
    return out.getvalue()


def _template_hint() -> str:
    return t("`teiden import csv --template` shows the columns")


def _columns(heading: list[Cell], draft: Draft) -> list[Column | None]:
    columns: list[Column | None] = []
    for cell in heading:
        column = BY_HEADING.get(cell.text.casefold())
        if column is None and cell.text:
            message = t("the column {name} is not understood", name=f"`{cell.text[:60]}`")
            close = did_you_mean(cell.text[:40], BY_HEADING) if len(draft.unread) < SUGGESTED else ""
            draft.strange(cell.place, message, close + _template_hint())
        elif column is not None and column in columns:
            draft.wrong(cell.place, t("the column {name} stands twice", name=column.name))
        columns.append(column)
    return columns


def _row(
    columns: list[Column | None], row: list[Cell], seen: dict[tuple[str, str], Cell], draft: Draft
) -> None:
    row = _masked(columns, row)
    says = {column.name: cell for column, cell in zip(columns, row, strict=False) if column and cell.text}
    for cell in row[len(columns) :]:
        if cell.text:
            draft.strange(cell.place, t("this cell has no heading"))
    for needed in ("kind", "name"):
        if needed not in says:
            draft.wrong(row[0].place, t("the row has no {name}", name=needed), _template_hint())
    if "kind" not in says or "name" not in says:
        return
    kind = says["kind"].text.casefold()
    kind = ROWS_JA.get(kind, kind)
    if kind not in ROWS:
        message = t("{value} is no kind of device", value=f"`{says['kind'].text[:40]}`")
        draft.wrong(says["kind"].place, message, ", ".join(ROWS))
        return
    if not _named(kind, says["name"], seen, draft):
        return
    for column in columns:
        if column is not None and column.name in says and column.name not in ("kind", "name"):
            _cell(kind, says["name"].text, column, says[column.name], says, draft)


def _masked(columns: list[Column | None], row: list[Cell]) -> list[Cell]:
    """The row, shown without what may be a password: in place of where it stands, or of no known column."""
    shown = row[0].place.text
    for column, cell in zip(columns, row, strict=False):
        secret = column is not None and column.kind == "secret" and complaint("secret", cell.text) is not None
        if (secret or column is None) and cell.place.line == row[0].place.line:
            begin, end = cell.place.col - 1, cell.place.col - 1 + cell.place.width
            shown = shown[:begin] + "*" * len(shown[begin:end]) + shown[end:]
    first = row[0].place
    return [
        replace(cell, place=replace(cell.place, text=shown)) if cell.place.line == first.line else cell
        for cell in row
    ]


def _named(kind: str, cell: Cell, seen: dict[tuple[str, str], Cell], draft: Draft) -> bool:
    name = cell.text
    if problem := complaint("name", name):
        draft.wrong(cell.place, *problem)
        return False
    if before := seen.get((kind, name)):
        hint = t("{place} is the first", place=before.place)
        draft.wrong(cell.place, t("{what} stands twice", what=name), hint)
        return False
    if kind in ("site", "cluster"):
        if others := [known for one, known in seen if one == kind]:
            draft.wrong(cell.place, t("a second {kind}: {name} stands already", kind=kind, name=others[0]))
            return False
        draft.put("", "", "site" if kind == "site" else "cluster.name", name, cell.place)
    else:
        draft.device(ROWS[kind], name)
    seen[kind, name] = cell
    return True


def _cell(kind: str, name: str, column: Column, cell: Cell, says: dict[str, Cell], draft: Draft) -> None:
    keys = column.goes.get(kind)
    if keys is None:
        message = t("a {kind} has no {column}", kind=kind, column=column.name)
        draft.strange(cell.place, message, t("the cell was left out"))
        return
    problem, value = _value(column, kind, cell)
    if problem:
        draft.wrong(cell.place, *problem)
        return
    for key in keys:
        if kind == "array" and column.name == "upses" and key.partition(".")[0] in says:
            continue  # an array that has a column of its own for this part
        section = "" if kind in ("site", "cluster") else ROWS[kind]
        draft.put(section, name if section else "", key, value, cell.place)


def _value(column: Column, kind: str, cell: Cell) -> tuple[tuple[str, str] | None, Value]:
    """What is wrong with the cell, and what it says."""
    text = cell.raw.strip() if column.kind == "label" else cell.text
    if column.kind == "names":
        names = [name for name in BETWEEN.split(text) if name]
        wrong = next(filter(None, (complaint("name", name) for name in names)), None)
        return wrong, list(dict.fromkeys(names))
    if column.kind == "on/off":
        lower = text.casefold()
        if lower in (*YES, *NO):
            return None, lower in YES
        return (t("{value} is neither yes nor no", value=f"`{text[:40]}`"), t("yes or no")), False
    if column.kind in KINDS:
        asked = "address" if column.kind == "host" and kind in ("array", "server", "cluster") else column.kind
        number = column.kind in ("count", "port")
        problem = complaint(asked, text)
        return problem, int(text) if number and problem is None else text
    allowed = column.kind.split("|")
    if text.casefold() not in allowed or (kind == "array" and text.casefold() == "pool"):
        return (t("{value} is not allowed here", value=f"`{text[:40]}`"), ", ".join(allowed)), ""
    lower = text.casefold()
    return None, int(lower) if column.name == "snmp_version" and lower.isdigit() else lower
