"""Checks of a server's management controller: its certificate, what a return of power does, its addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sequencer.ports import Unreachable
from sequencer.site import AcLink
from teiden.doctor.amounts import day
from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import later, said, t

if TYPE_CHECKING:
    from realtime.servers.redfish import Redfish

SOON = timedelta(days=21)
"""A certificate that ends within this time is renewed now."""
AC_LINK = {
    AcLink.BOOT: later("it boots"),
    AcLink.STAY_OFF: later("it stays off"),
    AcLink.LAST_STATE: later("as it was before"),
}


def controller_of(ctx: Context, name: str) -> Redfish | None:
    ways = ctx.ways.get(name)
    return None if ways is None else ways.bmc


@check(
    "server.certificate",
    Kind.SERVER,
    "certificate",
    why="""
    A controller is spoken to only behind the certificate that is pinned (SEC-8). The day after it ends,
    its server is neither seen to halt nor forced.
    """,
)
async def certificate(ctx: Context, name: str) -> Rows:
    contact = ctx.contacts.servers[name].bmc if name in ctx.contacts.servers else None
    if contact is None or controller_of(ctx, name) is None:
        return
    from realtime.servers.certificate import shown

    ends = await shown(contact, limit_s=ctx.look_limit_s)
    if isinstance(ends, Unreachable):
        if "certificate" in ends.reason:
            yield fail(
                ends.reason,
                t("compare it at the controller's own console, and pin it anew: {ca}", ca=contact.ca),
            )
        else:
            yield fail(
                ends.reason, t("is {url} its controller's address, may this node ask it?", url=contact.url)
            )
        return
    words = t("the pinned one; valid until {day}", day=day(ends))
    if ends - datetime.fromtimestamp(ctx.wall(), UTC) < SOON:
        yield warn(words, t("renew it, and pin the new one"))
    else:
        yield ok(words)


@check(
    "server.ac_link",
    Kind.SERVER,
    "power returns",
    why="""
    What a server does when its power comes back is set in its BIOS. One that stays off is not there when
    its service is wanted; one that boots though it should not joins in too early (R4-01, ac_link).
    """,
)
async def ac_link(ctx: Context, name: str) -> Rows:
    controller = controller_of(ctx, name)
    if controller is None:
        return
    told, asked = await controller.read(), ctx.site.servers[name].ac_link
    if isinstance(told, Unreachable):
        if name == ctx.me:  # of the others the state says it
            yield fail(told.reason, t("the other node could not see this one halt; mend it"))
        return
    if told.ac_link is None:
        yield warn(
            t("its controller does not tell; the site file says: {asked}", asked=said(AC_LINK[asked])),
            t("look into its BIOS (AC-Link, Restore on AC Power Loss)"),
        )
    elif told.ac_link is not asked:
        yield fail(
            t(
                "{told}; the site file says: {asked}",
                told=said(AC_LINK[told.ac_link]),
                asked=said(AC_LINK[asked]),
            ),
            t("set it in its BIOS, or ac_link in the site file and check it again"),
        )
    else:
        yield ok(t("{told}, as in the site file", told=said(AC_LINK[asked])))


@check(
    "server.mac",
    Kind.SERVER,
    "MAC address",
    why="""
    A wake-up packet names the address of one network interface. After an interface or a board was changed
    it wakes nobody, and no receipt would say so (R9-35).
    """,
)
async def mac(ctx: Context, name: str) -> Rows:
    controller, asked = controller_of(ctx, name), ctx.site.servers[name].mac.lower().replace("-", ":")
    if controller is None or not asked:
        return
    told = await controller.macs()
    if isinstance(told, Unreachable):
        return  # the state says it
    if not told:
        yield warn(
            t("{mac} in the site file; its controller names none", mac=asked),
            t("compare it with the label, or with `ip link` on the server"),
        )
    elif asked not in (found.replace("-", ":") for found in told):
        yield fail(
            t("{mac} in the site file; it has {told}", mac=asked, told=", ".join(told)),
            t("write the address of the interface that stays awake into the site file"),
        )
    else:
        yield ok(t("{mac}, as in the site file", mac=asked))
