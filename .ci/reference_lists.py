"""The reference of what is a list in the code: commands, rules of `check`, invariants of the judge."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

WIDTH = 100
"""Columns of a `--help`, wherever this runs."""


# Commands ------------------------------------------------------------------------------------------------


def commands_page(root: Path) -> Iterator[str]:
    from teiden.cli import main

    yield "# Commands"
    yield from (
        "",
        "What `teiden --help` and the `--help` of each command say. From a clone it is `./run teiden`.",
    )
    yield from ("", "| exit code | meaning |", "|---|---|")
    yield "| 0 | all that was checked holds |"
    yield "| 1 | something that was checked does not hold |"
    yield "| 2 | the input is wrong; the message says where, and what is allowed |"
    yield "| 3 | it could not be carried out |"
    yield "| 130 | interrupted; what was done is kept |"
    yield from _command(main, None, "teiden")


def _command(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    settings: dict[str, Any] = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    ctx = click.Context(command, parent, name, **{**command.context_settings, **settings})
    yield from ("", f"## {ctx.command_path}", "", "```text", *command.get_help(ctx).splitlines(), "```")
    if isinstance(command, click.Group):
        for below in command.list_commands(ctx):
            inner = command.get_command(ctx, below)
            assert inner is not None, below
            yield from _command(inner, ctx, below)


# Rules ---------------------------------------------------------------------------------------------------

RULES_HEAD = """\
# Rules

The {n} rules that [`teiden check`](../check.md) holds against a site file, in its order. Each has the id of
the requirement, the fault or the safety rule behind it; `teiden check --explain R6-14` says the same on the
terminal, and `--lang ja` says it in Japanese. Those of live mode are held where a file has a `live:` key, or
with `--live`."""

SEVERITIES = {
    "error": "data or servers are lost, or nothing comes back, in an outage the site should survive",
    "warning": "it may go well; nothing in the file proves it",
    "note": "worth knowing",
}


def rules_page(root: Path) -> Iterator[str]:
    from teiden.rules.registry import THEMES, all_rules

    rules = all_rules()
    yield from RULES_HEAD.replace("{n}", str(len(rules))).splitlines()
    yield from ("", "| broken, it is | when |", "|---|---|")
    yield from (f"| {severity} | {means} |" for severity, means in SEVERITIES.items())
    for theme in THEMES:
        module = f"teiden.rules.{theme}"
        ours = [rule for rule in rules if _module_of(rule) == module]
        if not ours:
            continue
        path = f"teiden/rules/{theme}.py"
        yield from ("", f"## {_subject(module)}", "", f"In [{path}](../../{path}).")
        for rule in ours:
            also = f" · also {', '.join(rule.also)}" if rule.also else ""
            yield from (
                "",
                f"### {rule.id}",
                "",
                f"**{_sentence(rule.title)}** *{rule.severity.value}{also}*",
            )
            for paragraph in rule.why.split("\n\n"):
                yield from ("", _plain(" ".join(paragraph.split())))


def _module_of(rule: Any) -> str:
    """Where a rule's function is written: `look` wraps it."""
    inner = inspect.getclosurevars(rule.look).nonlocals.get("check", rule.look)
    return str(inner.__module__)


def _subject(module: str) -> str:
    """`Rules of the shutdown times: every ...` says what the file is about; up to the colon or the stop."""
    first = (inspect.getdoc(__import__(module, fromlist=["_"])) or module).splitlines()[0]
    for end in (": ", "; ", "."):
        first = first.partition(end)[0]
    return first.removeprefix("Rules of ").removeprefix("Rules on ").removeprefix("the ").strip().capitalize()


# Invariants ----------------------------------------------------------------------------------------------

INVARIANTS_HEAD = """\
# Invariants

The {n} rules that are judged in every run, whatever its story expects, from the stream of events alone. A
story that is meant to break some of them names them in [`breaks:`](story.md#keys-of-the-story), and then has
to break exactly these. An S is about safety: nothing of the kind may ever happen. An L is about liveness: it
has to happen in the end. How the judge looks is told in
[How a sequence is proved](../explanation/proof.md)."""


def invariants_page(root: Path) -> Iterator[str]:
    from teiden.judge.invariants.catalogue import INVARIANTS

    yield from INVARIANTS_HEAD.replace("{n}", str(len(INVARIANTS))).splitlines()
    yield from ("", "| id | what holds |", "|---|---|")
    yield from (f"| [{i.id}](#{i.id.lower()}) | {_plain(i.sentence)} |" for i in INVARIANTS)
    for invariant in INVARIANTS:
        path = invariant.__module__.replace(".", "/") + ".py"
        yield from ("", f"## {invariant.id}", "", f"**{_sentence(invariant.sentence)}**")
        _, *paragraphs = (inspect.getdoc(invariant) or "").split("\n\n")
        for paragraph in paragraphs:
            yield from ("", *_with_formula(paragraph))
        yield from ("", f"In [{path}](../../{path}).")


def _with_formula(paragraph: str) -> Iterator[str]:
    """A paragraph that begins with its formula in backticks: that on a line of its own, unless it goes on."""
    text = " ".join(paragraph.split())
    formula, _, rest = text.removeprefix("`").partition("`")
    if text.startswith("`") and (not rest or rest.startswith(". ") or rest == "."):
        yield from ("```text", formula, "```")
        text = rest.removeprefix(".").strip()
        if text:
            yield ""
    if text:
        yield _plain(text)


# Words ---------------------------------------------------------------------------------------------------


def _sentence(text: str) -> str:
    """A sentence without its first capital and its stop, made one."""
    text = _plain(text)
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _plain(text: str) -> str:
    """Text of the code as Markdown: what would be read as a mark or a tag outside of `code` is escaped."""
    pieces = text.split("`")
    for nth in range(0, len(pieces), 2):
        for mark in "\\*[]<>|":
            pieces[nth] = pieces[nth].replace(mark, f"\\{mark}")
    return "`".join(pieces)
