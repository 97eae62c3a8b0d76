"""Checks of an array: that its service answers, speaks our version, and is the one that is meant (R6-41)."""

from __future__ import annotations

from realtime.arrays.protocol import VERSION
from realtime.arrays.words import words_of
from realtime.contacts import ArrayContact
from realtime.unreached import Unreached
from sequencer.ports import Flush, Service, Unreachable
from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t


@check(
    "array.service",
    Kind.ARRAY,
    "answers",
    why="""
    A linked array that cannot be asked is cut unflushed at its limit, and what stood in its cache is lost
    (R1-04). One that answers in another array's name would be flushed in its place.
    """,
)
async def service(ctx: Context, name: str) -> Rows:
    status = await ctx.array(name)
    contact = ctx.contacts.arrays.get(name, ArrayContact())
    if isinstance(status, Unreachable):
        yield fail(status.reason, _do(ctx, name, contact, status.reason))
        return
    words = words_of(status)
    by = t("by a program") if contact.command else t("array protocol {n}, as {name}", n=VERSION, name=name)
    told = t("{words} ({by})", words=words, by=by)
    if status.service is Service.FAULT:
        yield fail(told, t("look at the array's own console; nothing is started behind it as it is"))
    elif status.service is Service.STARTING:
        yield warn(told, t("look again when it is ready"))
    elif status.flush is not Flush.NOT_ASKED:
        yield warn(told, t("somebody has asked it to flush: is an outage under way?"))
    else:
        yield ok(told)


def _do(ctx: Context, name: str, contact: ArrayContact, reason: str) -> str:
    if isinstance(ctx.machines.arrays[name], Unreached):
        return t("mend what it says, then look again")
    if contact.command is not None:
        return t("run its `state` command by hand, as the service's user")
    if "speaks for" in reason:
        return t("correct the address of {name} in the site file", name=name)
    if "version" in reason or "protocol" in reason:
        return t("install the service of this version in front of the array (docs/array-protocol.md)")
    if "proof" in reason or "word" in reason:
        return t("set one shared word at the service and in the site file (secret)")
    return t(
        "is its service running at {host}, does the firewall let tcp {port} through?",
        host=contact.host,
        port=contact.port,
    )
