"""`teiden schema site|story`: JSON Schema, for editors that complete and check while one types."""

from __future__ import annotations

import click

from teiden.commands import console


@click.command(
    short_help="JSON Schema of site and story files, for editors.",
    epilog=console.example("schema site > site.schema.json"),
)
@click.argument("kind", type=click.Choice(["site", "story"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of site or story files."""
    from teiden.files.schema import schema_text

    console.speak_utf8()
    click.echo(schema_text(kind), nl=False)
