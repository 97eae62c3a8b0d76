"""`./run proof`: the whole proof, or a quick one, or one of its cases again. For whoever changes Teiden."""

from __future__ import annotations

import json
from dataclasses import replace as with_
from pathlib import Path
from typing import Any

import click

from teiden.commands import console
from teiden.files.source import InputError
from teiden.proof.carry_out import about, carry_out, source_hash
from teiden.proof.findings import findings
from teiden.proof.programme import Section, case, programme
from teiden.proof.report import Report
from teiden.sweep.folder import replace
from teiden.sweep.trouble import CannotGoOn
from teiden.sweep.where import Where

OUT = Path("build/proof")
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExample, from a clone:\n  ./run proof --quick\n\n"
    "Exit codes: 0 it holds, 1 something is violated that nothing excuses, 2 the input is wrong,\n"
    "3 it could not be carried out, 130 interrupted.",
)
@click.option("--quick", is_flag=True, help="Five minutes on two cores, instead of a night.")
@click.option("--seeds", type=click.IntRange(0), help="Random histories; else 2,000 or 200,000.")
@click.option("--first-seed", type=click.IntRange(0), default=0, show_default=True, help="Of them.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes; else one a core.")
@click.option("--part", "only", multiple=True, metavar="NAME", help="Only this part; may be repeated.")
@click.option(
    "--seconds", type=click.IntRange(0), default=40, show_default=True,
    help="Second kills tried after each first one; 0: all of them.",
)  # fmt: skip
@click.option(
    "--times",
    type=click.IntRange(1),
    default=4,
    show_default=True,
    help="Histories of each pair of faults, and of a deed and a fault.",
)
@click.option(
    "--sample", type=click.IntRange(1), metavar="N",
    help="Only N cases of each part, drawn evenly; random histories: --seeds.",
)  # fmt: skip
@click.option(
    "-o", "--out", metavar="FOLDER", type=FOLDER, default=OUT, show_default=True,
    help="Its files. What is there of the same proof is not played again.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Begin anew in a folder that holds another proof.")
@click.option("--mutation", type=FILE, help="What the mutation test wrote (JSON), for the report.")
@click.option("--branches", type=FILE, help="What `./run branches` wrote (JSON), for the report.")
@click.option("--play", metavar="CASE", help="Only this one case, as a report names it.")
@click.pass_context
def proof(ctx: click.Context, /, play: str | None, **options: object) -> None:
    """Play every crash point, failing write and fault, pairs of them and random histories; judge each."""
    try:
        ctx.exit(_played(play) if play else _carried_out(ctx, **options))  # type: ignore[arg-type]
    except InputError as error:
        click.echo(str(error), err=True)
        ctx.exit(console.WRONG_INPUT)
    except CannotGoOn as error:
        click.echo(str(error), err=True)
        ctx.exit(console.NOT_DONE)


def _played(words: str) -> int:
    try:
        outcome = case(words).played()
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for wrong in outcome.wrong:
        click.echo(wrong)
    click.echo(
        f"{outcome.histories:,} histories, {outcome.broken.total():,} violations, {outcome.deaths} killed"
    )
    return console.BROKEN if outcome.wrong else console.HOLDS


def _carried_out(
    ctx: click.Context,
    *,
    quick: bool,
    seeds: int | None,
    first_seed: int,
    workers: int | None,
    only: tuple[str, ...],
    seconds: int,
    times: int,
    sample: int | None,
    out: Path,
    overwrite: bool,
    mutation: Path | None,
    branches: Path | None,
) -> int:
    sections = programme(
        quick=quick, seeds=seeds, first_seed=first_seed, seconds=seconds, times=times, sample=sample or 0
    )
    if unknown := set(only) - {section.name for section in sections}:
        names = ", ".join(section.name for section in sections)
        raise click.UsageError(f"no part is called {', '.join(sorted(unknown))}; there are {names}", ctx)
    sections = [section for section in sections if not only or section.name in only]
    code = source_hash()
    measured = _read(mutation, "counts"), _read(branches, "missing", code)
    code_of = {s.name: f"{code} {seconds} {times}{f' {sample}' if sample else ''}" for s in sections}
    interrupted = False
    try:
        for n, section in enumerate(sections, 1):
            click.echo(f"{n} of {len(sections)}: {section.sentence}", err=True)
            if section.work is None:
                click.echo(f"  {section.name}: skipped, this checkout has no teiden.explore", err=True)
                continue
            what = about(section, first_seed, code_of[section.name])
            carry_out(
                section,
                out,
                Where(workers),
                what,
                lambda line: click.echo(line, err=True),
                overwrite=overwrite,
            )
    except KeyboardInterrupt:
        interrupted = True
        click.echo(f"interrupted; the same command goes on with what is in {out}", err=True)
    report = Report(quick, first_seed, _seeds(sections), code, (), *measured)
    report = _reported(sections, out, report)
    click.echo(f"{out / 'proof.md'}: {'holds' if report.holds else 'does not hold'}")
    if interrupted:
        return console.INTERRUPTED
    return console.HOLDS if report.holds else console.BROKEN


def _seeds(sections: list[Section]) -> int:
    return next((section.runs for section in sections if section.name == "explored"), 0)


def _reported(sections: list[Section], out: Path, report: Report) -> Report:
    report = with_(report, parts=[findings(section, out) for section in sections])
    out.mkdir(parents=True, exist_ok=True)
    replace(out / "proof.json", report.as_json())
    replace(out / "proof.md", report.as_markdown())
    return report


def _read(file: Path | None, key: str, code: str = "") -> dict[str, Any] | None:
    """What another tool has measured; with `code`: of these very sources."""
    if file is None:
        return None
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.UsageError(f"{file}: {error}") from None
    if not isinstance(read, dict) or key not in read:
        raise click.UsageError(f"{file}: an object with {key!r} was expected")
    if code and read.get("code") != code:
        raise click.UsageError(f"{file}: was measured on other sources than these")
    return read
