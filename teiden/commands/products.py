"""`teiden products [SITE]`: the generations of the product, and what a site needs of its own."""

from __future__ import annotations

import click

from teiden.commands import console
from teiden.commands.language import lang


@click.command(
    short_help="What each generation of the product can link, and licences.",
    epilog=console.example("products scenarios/sites/reference.yaml"),
)
@click.argument("site", required=False)
@lang
def products(site: str | None) -> None:
    """Show what each generation of the product can do; with a SITE also what it uses of it, and licences."""
    from teiden import product_table

    if site is not None:
        from teiden.files.site_file import load_site

        click.echo(product_table.of_site(load_site(site).site))
    click.echo(product_table.table(), nl=False)
