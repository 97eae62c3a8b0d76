"""What was shown of the site before: a row for `teiden check`, one for `teiden prove`."""

from __future__ import annotations

from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t
from teiden.rules.finding import Severity
from teiden.rules.registry import rules_for


@check(
    "site.check",
    Kind.SITE,
    "its rules",
    why="Devices that are set as the site file says are of no use if the site file itself loses data.",
)
async def rules(ctx: Context, name: str) -> Rows:
    loaded = ctx.site_file
    found = [f for r in rules_for(live=True) for f in r.check(loaded.site, loaded.model, ctx.contacts)]
    errors = list(dict.fromkeys(f.rule for f in found if f.severity is Severity.ERROR))
    warnings = list(dict.fromkeys(f.rule for f in found if f.severity is Severity.WARNING))
    do = t("`teiden check SITE --live` says why, and what to set instead")
    if errors:
        yield fail(t("the settings break {rules}", rules=", ".join(errors)), do)
    elif warnings:
        yield warn(t("no error; warnings: {rules}", rules=", ".join(warnings)), do)
    else:
        yield ok(t("every rule of live mode holds"))


@check(
    "site.proved",
    Kind.SITE,
    "its stories",
    why="A service is armed only for a site file whose rules and stories have been shown to hold.",
)
async def proved(ctx: Context, name: str) -> Rows:
    from teiden.proved import why_not_armed

    why_not = why_not_armed(ctx.site_file.path, ctx.site_file.hash)
    if why_not:
        yield warn(why_not, t("until then `teiden live --arm` is refused"))
    else:
        yield ok(t("proved: it may be armed"))
