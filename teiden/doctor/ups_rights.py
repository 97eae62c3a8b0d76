"""Whether a card would let our commands in, without commanding anything (SEC-1, access type Write+)."""

from __future__ import annotations

from realtime.contacts import SnmpContact
from sequencer.ports import Accepted
from teiden.doctor.context import Context
from teiden.doctor.finding import Found, Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t


@check(
    "ups.write",
    Kind.UPS,
    "lets us write",
    why="""
    A card whose access type is Read answers every look and refuses every OFF; one of type Write refuses
    while somebody is logged in on it. Only a SET shows it: one of its settings is written with the value
    it has.
    """,
)
async def lets_us_write(ctx: Context, name: str) -> Rows:
    if not ctx.has_card(name) or await ctx.ups_status(name) is None:
        return
    contact = ctx.contacts.upses[name]
    assert isinstance(contact, SnmpContact)
    if contact.version != "3" and not contact.allow_insecure:
        yield fail(
            t("SNMP version {version} is only read: every command would be refused", version=contact.version),
            t("version: 3 with user and secret, on the card too"),
        )
        return
    if not ctx.try_write:
        yield warn(t("not tried: it takes a write"), t("`--try-write` writes one setting back as it is"))
        return
    yield await _tried(ctx, name)


async def _tried(ctx: Context, name: str) -> Found:
    from realtime.snmp.driver import SnmpUps

    driver = ctx.machines.upses[name]
    assert isinstance(driver, SnmpUps)
    receipt = await driver.write_back()
    if receipt.accepted is Accepted.YES:
        return ok(t("a setting was written back as it was, and taken"))
    if receipt.accepted is Accepted.NO:
        do = t("set the access type of our user to Write+ at the card, and log out of its pages")
        return fail(receipt.reason, do)
    return warn(receipt.reason, t("look at the setting with `teiden probe`, and try again"))
