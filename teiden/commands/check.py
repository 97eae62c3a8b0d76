"""`teiden check SITE`: every rule the settings break, where, and what to set instead."""

from __future__ import annotations

import click

from teiden.commands import console
from teiden.commands.language import lang


@click.command(
    short_help="Which settings would lose data, and what to set instead.",
    epilog=console.example("check scenarios/sites/reference.yaml")
    + "\n  ./run teiden check --explain R6-14"
    + "\n  ./run teiden check scenarios/sites/reference.yaml --format json",
)
@click.argument("site", required=False)
@click.option("--all", "every_rule", is_flag=True, help="List every rule with its margins, kept or broken.")
@click.option("--explain", "rule", metavar="RULE", help="Say what a rule is for, and stop. `R6-14`, `S19`.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="json: one object for scripts. github: annotations at the lines of a pull request.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Hold the rules of live mode too, as with a file that has a `live:` key.",
)
@click.option("--plain", is_flag=True, help="No colours, even on a terminal.")
@lang
@click.pass_context
def check(
    ctx: click.Context,
    site: str | None,
    every_rule: bool,
    rule: str | None,
    form: str,
    live: bool,
    plain: bool,
) -> None:
    """Say what of a site's settings would lose data, and what to set instead.

    Exit code 1 if a setting is an error.
    """
    if rule is not None:
        from teiden.rules.report import explain

        click.echo(explain(rule))
        return
    if site is None:
        raise click.UsageError("Missing argument 'SITE'.", ctx)
    ctx.exit(_FORMS[form](site, live=live or None, every_rule=every_rule, plain=plain))


def _text(site: str, *, live: bool | None, every_rule: bool, plain: bool) -> int:
    from teiden.files.site_file import load_site
    from teiden.rules import report, text

    found = report.check(load_site(site), live=live)
    if console.in_colour(plain=plain):
        from rich.console import Console

        text.render(found, Console(highlight=False), every_rule=every_rule)
    else:
        click.echo(text.report_text(found, every_rule=every_rule), nl=False)
    return found.exit_code


def _json(site: str, *, live: bool | None, **_: bool) -> int:
    from teiden.files.site_file import load_site
    from teiden.language.say import speaking
    from teiden.rules import formats, report

    loaded = load_site(site)
    console.speak_utf8()
    with speaking("en"):
        found = report.check(loaded, live=live)
        click.echo(formats.json_text(found), nl=False)
    return found.exit_code


def _github(site: str, *, live: bool | None, **_: bool) -> int:
    from teiden.files.site_file import load_site
    from teiden.rules import formats, report

    found = report.check(load_site(site), live=live)
    console.speak_utf8()
    click.echo(formats.github_text(found), nl=False)
    return found.exit_code


_FORMS = {"text": _text, "json": _json, "github": _github}
