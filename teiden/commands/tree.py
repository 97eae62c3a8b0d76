"""`teiden tree SITE`: the power-control groups as an operator knows them from the console."""

from __future__ import annotations

import click

from teiden.commands import console
from teiden.commands.language import lang


@click.command(
    short_help="The power-control groups, as the console shows them.",
    epilog=console.example("tree scenarios/sites/reference.yaml"),
)
@click.argument("site")
@click.option("--plain", is_flag=True, help="No colours, even on a terminal.")
@lang
def tree(site: str, plain: bool) -> None:
    """Show the power-control groups, with their UPSes and servers."""
    from teiden.files.site_file import load_site
    from teiden.tree import render

    loaded = load_site(site).site
    if console.in_colour(plain=plain):
        from rich.console import Console

        Console(highlight=False).print(render(loaded, terminal=True))
    else:
        click.echo(render(loaded))
