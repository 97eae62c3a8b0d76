"""`teiden plan SITE`: the way down and the way up with computed times, battery needs and margins."""

from __future__ import annotations

import click

from teiden.commands import console


@click.command(
    short_help="The way down and up again, computed from the limits.",
    epilog=console.example("plan scenarios/sites/reference.yaml"),
)
@click.argument("site")
@click.option("--json", "as_json", is_flag=True, help="The same numbers for scripts.")
def plan(site: str, as_json: bool) -> None:
    """Show when what is stopped and started, computed from the limits alone, and what batteries must last."""
    from teiden.files.site_file import load_site
    from teiden.plan import show

    loaded = load_site(site)
    if as_json:
        console.speak_utf8()
        click.echo(show.main_json(loaded))
    else:
        click.echo(show.main_text(loaded), nl=False)
