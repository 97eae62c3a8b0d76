"""`teiden probe HOST[:PORT]`: read one UPS card and say what is understood."""

from __future__ import annotations

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

VERSIONS = ("1", "2c", "3")
AUTH = ("sha1", "sha256", "sha384", "sha512")
PRIVACY = ("aes128", "aes256")


@click.command(
    short_help="Read one UPS card and say what is understood.",
    epilog=console.example("probe 192.0.2.21 --user teiden --secret env:UPS1_SECRET"),
)
@click.argument("where", metavar="HOST[:PORT]")
@click.option("--version", type=click.Choice(VERSIONS), help="Of SNMP.  [default: 3 with --user, else 2c]")
@click.option("--community", metavar="NAME", help="Of versions 1 and 2c.  [default: public]")
@click.option("--user", default="", metavar="NAME", help="Of version 3.")
@click.option(
    "--secret",
    default="",
    metavar="WHERE",
    help="Where the pass phrase stands (or the community): env:NAME, file:PATH or cred:NAME.",
)
@click.option(
    "--privacy-secret", default="", metavar="WHERE", help="The same for privacy.  [default: --secret]"
)
@click.option(
    "--auth",
    default="",
    type=click.Choice(("", *AUTH)),
    help="[default: sha256 with --mib rfc1628, else sha1]",
    show_choices=True,
    metavar="|".join(AUTH),
)
@click.option(
    "--privacy",
    default="",
    type=click.Choice(("", *PRIVACY)),
    help="[default: aes128]",
    metavar="|".join(PRIVACY),
)
@click.option(
    "--mib",
    default="auto",
    type=click.Choice(("auto", "apc", "rfc1628")),
    show_default=True,
    help="Which table it answers.",
)
@click.option(
    "--group",
    type=click.IntRange(1, 99),
    metavar="N",
    help="An outlet group of an APC card, not the whole UPS.",
)
@click.option(
    "--timeout",
    "limit_s",
    type=click.FloatRange(0.05, 60),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait this long for each answer.",
)
@click.option("--json", "as_json", is_flag=True, help="For scripts; null is unknown.")
@lang
def probe(
    where: str,
    version: str | None,
    community: str | None,
    user: str,
    secret: str,
    privacy_secret: str,
    auth: str,
    privacy: str,
    mib: str,
    group: int | None,
    limit_s: float,
    as_json: bool,
) -> None:
    """Read one UPS card once and say what is understood, and what is odd. Nothing is written to it.

    Exit code 3 if it does not answer, or does not accept the user.
    """
    from realtime.snmp.answers import Failure
    from teiden.probe import asking, telling

    if group is not None and mib != "apc":
        raise click.UsageError(t("outlet groups belong to --mib apc"))
    try:
        contact = asking.contact_of(
            where, version=version, mib=mib, user=user, auth=auth, privacy=privacy, group=group
        )
        who = asking.credentials(contact, community=community, secret=secret, privacy_secret=privacy_secret)
    except asking.WrongWords as error:
        raise click.UsageError(str(error)) from None
    try:
        found = asking.ask(contact, who, limit_s=limit_s, mib=mib)
    except ImportError:
        raise console.NotCarriedOut(t("SNMP is not installed: {command}", command=INSTALL)) from None
    if isinstance(found, Failure):
        raise console.NotCarriedOut(telling.trouble(where, found, version=contact.version))
    if as_json:
        import json

        console.speak_utf8()
        click.echo(json.dumps(telling.as_data(found), ensure_ascii=False, allow_nan=False))
    else:
        console.say(telling.table(found))


INSTALL = 'pip install "teiden[snmp]"'
