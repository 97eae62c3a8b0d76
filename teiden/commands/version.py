"""`teiden version`: which version this is, with which Python and packages; `--sbom`: everything installed."""

from __future__ import annotations

import click

from teiden.commands import console
from teiden.commands.language import lang


@click.command(
    short_help="Versions of Teiden, Python and packages; a bill of materials.",
    epilog=console.example("version --sbom"),
)
@click.option("--sbom", is_flag=True, help="A bill of materials of what is installed: CycloneDX 1.6, JSON.")
@lang
def version(sbom: bool) -> None:
    """Say which version this is, with which Python, and with which of the packages that it uses."""
    if sbom:
        _bill()
        return
    import platform

    click.echo(f"teiden {_installed('teiden')}")
    click.echo(f"Python {platform.python_version()} ({platform.system()} {platform.machine()})")
    for name, found in packages().items():
        click.echo(f"  {name} {found}")


MAKERS = ("dev", "docs", "notebook", "browser")
"""Extras that only the makers need: they say nothing to an operator."""


def packages() -> dict[str, str]:
    """The packages that Teiden itself names, those of its extras too, with their versions."""
    import re
    from importlib.metadata import requires

    from teiden.language.say import t

    named = set()
    for line in requires("teiden") or ():
        extra = re.search(r"extra == ['\"](\w+)", line)
        if extra is None or extra[1] not in MAKERS:
            named.add(re.split(r"[^A-Za-z0-9._-]", line)[0].lower())
    return {name: _installed(name) or t("not installed") for name in sorted(named)}


def _installed(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _bill() -> None:
    import json

    from teiden.sbom import bill

    console.speak_utf8()
    click.echo(json.dumps(bill(), indent=2, ensure_ascii=False))
