"""`teiden check SITE`: every rule the settings break, where, and what to set instead."""

from __future__ import annotations

import click

from teiden.commands import console


@click.command(
    short_help="Which settings would lose data, and what to set instead.",
    epilog=console.example("check scenarios/sites/reference.yaml"),
)
@click.argument("site", required=False)
@click.option("--all", "every_rule", is_flag=True, help="List every rule with its margins, kept or broken.")
@click.option("--explain", "rule", metavar="RULE", help="Say what a rule is for, and stop. `R6-14`, `S19`.")
@click.option("--plain", is_flag=True, help="No colours, even on a terminal.")
@click.pass_context
def check(ctx: click.Context, site: str | None, every_rule: bool, rule: str | None, plain: bool) -> None:
    """Say what of a site's settings would lose data, and what to set instead.

    Exit code 1 if a setting is an error.
    """
    if rule is not None:
        from teiden.rules.report import explain

        click.echo(explain(rule))
        return
    if site is None:
        raise click.UsageError("Missing argument 'SITE'.", ctx)
    from teiden.files.site_file import load_site
    from teiden.rules import report, text

    found = report.check(load_site(site))
    if console.in_colour(plain=plain):
        from rich.console import Console

        text.render(found, Console(highlight=False), every_rule=every_rule)
    else:
        click.echo(text.report_text(found, every_rule=every_rule), nl=False)
    ctx.exit(found.exit_code)
