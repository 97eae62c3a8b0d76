"""`teiden certificates SITE`: what the services on the control nodes show each other (SEC-19)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.certificates import Made


@click.command(
    short_help="Certificates for the link between the control nodes.",
    epilog=console.example("certificates scenarios/sites/reference.yaml --out build/certificates"),
)
@click.argument("site")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Where they are written; nothing in it is written over.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 36500),
    default=3650,
    show_default=True,
    metavar="N",
    help="How long they are valid.",
)
@click.option(
    "--renew",
    is_flag=True,
    help="New ones for the nodes, from the CA in DIR: both services run on meanwhile.",
)
@lang
def certificates(site: str, out: Path, days: int, renew: bool) -> None:
    """Make a small CA of the site's own, and a certificate and a key for each control node.

    Keys are readable for you alone. Keep DIR away from the nodes: who has ca.key can be any of them.
    """
    from teiden import certificates as making
    from teiden.files.site_file import load_site

    loaded = load_site(site).site
    nodes = loaded.cluster.nodes
    if not nodes:
        raise console.NotCarriedOut(t("{site} has no control nodes", site=loaded.name))
    try:
        made = (
            making.renew(nodes, out, days=days) if renew else making.make(loaded.name, nodes, out, days=days)
        )
    except ImportError:
        raise console.NotCarriedOut(
            t('certificates need one package more: pip install "teiden[live]"')
        ) from None
    except making.NotMade as error:
        raise console.NotCarriedOut(str(error)) from None
    except OSError as error:
        raise console.NotCarriedOut(t("{path}: {reason}", path=out, reason=error.strerror)) from None
    console.say(_told(out, made))


def _told(folder: Path, made: list[Made]) -> list[str]:
    from teiden.certificates import CA, CA_KEY
    from teiden.plan.columns import columns

    head = (t("to node"), t("copy these"), t("valid until"))
    rows = [(m.node, f"{folder / CA}, {m.certificate}, {m.key}", m.ends.date().isoformat()) for m in made]
    return [
        *columns([head, *rows], "<<<", gaps=("  ", "  ")),
        "",
        t("Copy them with scp or by hand, and let only the service's user read the key (chmod 600)."),
        t("Keep {path} away from the nodes: who has it can be any of them.", path=folder / CA_KEY),
        t("Renew them before they end: teiden certificates SITE --out {folder} --renew", folder=folder),
    ]
