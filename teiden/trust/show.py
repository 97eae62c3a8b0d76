"""What `teiden report` prints, and the page shows: the same blocks of rows, each with its heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sequencer.site import Site
from teiden.language.retell import retold
from teiden.language.say import later, said, t
from teiden.narration.words import duration
from teiden.plan.columns import columns, folded
from teiden.trust.acts import Act, Deed, Fate
from teiden.trust.batteries import BatterySeen
from teiden.trust.blips import Blip, How
from teiden.trust.verdict import Clock, Verdict, is_near, is_too_silent, of_days, some, why
from teiden.trust.week import Gap, Week

UNKNOWN = "?"
TOGETHER_S = 10.0
WIDE = 110
FATES = {
    Fate.WOULD: later("would have been sent"),
    Fate.SENT: later("sent"),
    Fate.REFUSED: later("refused"),
}
HOWS = {
    How.CLEARED: later("over before its confirm time"),
    How.CONFIRMED: later("confirmed"),
    How.OPEN: later("how it ended is not told"),
}
CAUSES = {"suspend": later("the machine was asleep"), "stall": later("it was stopped, or blocked")}
"""As `realtime.gaps` names them."""
BEGUN = {
    "outage": later("outage: {because}"),
    "schedule": later("schedule: {because}"),
    "request": later("asked for: {because}"),
}


@dataclass(frozen=True)
class Row:
    cells: tuple[str, ...]
    tone: str = ""
    """`bad`, `odd` or nothing."""


@dataclass(frozen=True)
class Block:
    """A heading, the sentence below it, and a table; no table where there is nothing to list."""

    title: str
    sentence: str
    head: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    more: str = ""
    """How many rows are left out, in words."""


MOST_ROWS = 100
"""Of a table for a person; a bad week of a hall has thousands of blips."""


def fewer(block: Block) -> Block:
    """With the rows that matter most, in their order, where there are very many."""
    left_out = len(block.rows) - MOST_ROWS
    if left_out <= 0:
        return block
    worst = sorted(range(len(block.rows)), key=lambda n: ("bad", "odd", "").index(block.rows[n].tone))
    rows = tuple(block.rows[n] for n in sorted(worst[:MOST_ROWS]))
    return replace(block, rows=rows, more=t("and {n} more; --json has all of them", n=left_out))


def blocks(week: Week, site: Site) -> list[Block]:
    clock = Clock(site.time_zone)
    all_of_them = (
        _covered(week, clock),
        _acts(week, clock),
        _blips(week, clock),
        _silences(week),
        _service(week, clock),
        _alarms(week, clock),
        _batteries(week),
    )
    return [fewer(block) for block in all_of_them]


def headline(week: Week, found: Verdict) -> str:
    """The verdict in a sentence."""
    if found.against:
        return (
            t("One thing speaks against arming.")
            if len(found.against) == 1
            else t("{n} things speak against arming.", n=len(found.against))
        )
    if week.armed == {True}:
        return t("Nothing that was seen speaks against leaving it armed.")
    return t("Nothing that was seen speaks against arming.")


def summary(week: Week) -> str:
    """The week in a line."""
    within = [abs(one.seen_off) for one in week.batteries if one.seen_off is not None]
    return t(
        "in {days} days: would have acted: {would}; acted: {sent}; blips: {blips}; confirmed: {confirmed};"
        " silent: {silent}; alarms: {alarms}; model against real battery within {within}",
        days=of_days(week.covered_s),
        would=sum(bool(act.would) for act in week.acts),
        sent=sum(bool(act.sent) for act in week.acts),
        blips=sum(blip.how is How.CLEARED for blip in week.blips),
        confirmed=sum(blip.how is How.CONFIRMED for blip in week.blips),
        silent=sum(len(one.spans) for one in week.silences),
        alarms=sum(one.times for one in week.alarms),
        within=f"{max(within):.0%}" if within else UNKNOWN,
    )


def text(week: Week, site: Site, found: Verdict) -> list[str]:
    """For a person at a terminal."""
    lines = [headline(week, found), *folded(summary(week), WIDE), ""]
    for title, sentences in verdict_lists(found):
        lines += [title, *(line for one in sentences for line in _bullet(one)), ""]
    for block in blocks(week, site):
        lines += [block.title, *(f"  {line}" for line in folded(block.sentence, WIDE - 2))]
        if block.rows:
            cells = [block.head, *(row.cells for row in block.rows)]
            lines += columns(cells, "<" * len(block.head))
        if block.more:
            lines.append(f"  {block.more}")
        lines.append("")
    return lines[:-1]


def verdict_lists(found: Verdict) -> list[tuple[str, tuple[str, ...]]]:
    lists = [
        (t("SPEAKS AGAINST IT"), found.against),
        (t("SOMEBODY HAS TO LOOK AT IT"), found.look),
        (t("NOT KNOWN"), found.unknown),
    ]
    return [(title, sentences) for title, sentences in lists if sentences]


def _bullet(sentence: str) -> Iterator[str]:
    for n, line in enumerate(folded(sentence, WIDE - 4)):
        yield f"  {'- ' if n == 0 else '  '}{line}"


def _covered(week: Week, clock: Clock) -> Block:
    sentence = t(
        "{from_} to {to}: watched for {n} days, with this very site file for {file}; {mode}; {nodes}",
        from_=clock.at(week.window.from_s),
        to=clock.at(week.window.to_s),
        n=of_days(week.covered_s),
        file=of_days(week.with_this_file_s),
        mode=_mode(week),
        nodes=", ".join(week.nodes) or t("by nobody that is named"),
    )
    rows = [
        Row((clock.at(hole.from_s), clock.at(hole.to_s), duration(hole.for_s)), "odd") for hole in week.holes
    ]
    return Block(
        t("DAYS COVERED"), sentence, (t("nobody watched from"), t("up to"), t("lasted")), tuple(rows)
    )


def _mode(week: Week) -> str:
    if week.armed == {True}:
        return t("armed")
    if week.armed == {False}:
        return t("watching only")
    return t("partly armed") if week.armed else t("armed or not is not told")


def _acts(week: Week, clock: Clock) -> Block:
    would, sent = sum(bool(a.would) for a in week.acts), sum(bool(a.sent) for a in week.acts)
    title = t("WHAT IT WOULD HAVE DONE")
    if sent:
        title = t("WHAT IT DID, OR WOULD HAVE DONE") if would else t("WHAT IT DID")
    sentence = t("times it would have acted: {would}, times it acted: {sent}", would=would, sent=sent)
    if would:
        sentence += t(
            "; nobody obeyed it, so what follows the first commands is later than it would have been"
        )
    rows = [row for act in week.acts for row in _act(act, clock)]
    return Block(title, sentence, (t("when"), t("what"), t("whom"), ""), tuple(rows))


def _act(act: Act, clock: Clock) -> Iterator[Row]:
    begun = said(BEGUN[act.begun_by], because=why(act)) if act.begun_by else why(act)
    until = duration(act.until_s - act.at_s) if act.until_s is not None else t("not over")
    yield Row((clock.at(act.at_s), begun, act.node, until), "" if act.begun_by else "bad")
    for alike in _alike(act.deeds):
        first = alike[0]
        fate = said(FATES[first.fate]) + (f" ({first.rule})" if first.rule else "")
        after = f"  +{duration(first.at_s - act.at_s)}"
        yield Row(
            (after, retold(first.command), some(list(dict.fromkeys(deed.device for deed in alike))), fate)
        )


def _alike(deeds: Sequence[Deed]) -> Iterator[list[Deed]]:
    """What is told to several devices within some seconds is one line."""
    last: dict[tuple[str, Fate, str], list[Deed]] = {}
    groups: list[list[Deed]] = []
    for deed in deeds:
        key = deed.command, deed.fate, deed.rule
        if key not in last or deed.at_s - last[key][0].at_s > TOGETHER_S:
            last[key] = []
            groups.append(last[key])
        last[key].append(deed)
    yield from groups


def _blips(week: Week, clock: Clock) -> Block:
    count = {how: sum(blip.how is how for blip in week.blips) for how in How}
    sentence = t(
        "UPSes on battery: {n}; over before the confirm time: {cleared}; confirmed: {confirmed}",
        n=len(week.blips),
        cleared=count[How.CLEARED],
        confirmed=count[How.CONFIRMED],
    )
    rows = [Row(_blip(blip, clock), "odd" if is_near(blip) else "") for blip in week.blips]
    return Block(
        t("LOSSES OF MAINS"), sentence, (t("when"), "UPS", t("lasted"), t("confirm"), ""), tuple(rows)
    )


def _blip(blip: Blip, clock: Clock) -> tuple[str, ...]:
    confirm = UNKNOWN if blip.confirm_s is None else duration(blip.confirm_s)
    lasted = UNKNOWN if blip.how is How.OPEN else duration(blip.after_s)
    return clock.at(blip.at_s), blip.ups, lasted, confirm, said(HOWS[blip.how])


def _silences(week: Week) -> Block:
    sentence = t("devices that were silent: {n}", n=len(week.silences))
    rows = [
        Row(
            (
                one.device,
                str(len(one.spans)),
                duration(one.total_s),
                duration(one.longest_s),
                t("still silent") if one.still else "",
            ),
            "bad" if one.still or is_too_silent(one, week.covered_s) else "",
        )
        for one in sorted(week.silences, key=lambda one: -one.total_s)
    ]
    head = (t("device"), t("how often"), t("in all"), t("longest"), "")
    return Block(t("CARDS AND HOSTS THAT WERE SILENT"), sentence, head, tuple(rows))


def _service(week: Week, clock: Clock) -> Block:
    sentence = t(
        "starts: {lives}; stopped or asleep: {n} x, {s} in all; late by {late} at most",
        lives=week.lives,
        n=len(week.gaps),
        s=duration(sum(gap.lost_s for gap in week.gaps)),
        late=UNKNOWN if week.late_s is None else t("{n} s", n=f"{week.late_s:.3f}"),
    )
    rows = [Row((clock.at(gap.at_s), duration(gap.lost_s), _cause(gap), gap.node)) for gap in week.gaps]
    return Block(t("THE SERVICE ITSELF"), sentence, (t("up to"), t("lasted"), t("cause"), ""), tuple(rows))


def _cause(gap: Gap) -> str:
    return said(CAUSES[gap.cause]) if gap.cause in CAUSES else gap.cause


def _alarms(week: Week, clock: Clock) -> Block:
    rows = [
        Row(
            (one.rule or "-", str(one.times), str(one.alone), clock.at(one.last_s), retold(one.last_text)),
            "bad" if one.alone else "",
        )
        for one in week.alarms
    ]
    sentence = t("alarms: {n}", n=sum(one.times for one in week.alarms))
    head = (t("rule"), t("times"), t("with no incident"), t("last"), "")
    return Block(t("ALARMS BY RULE"), sentence, head, tuple(rows))


def _batteries(week: Week) -> Block:
    within = [abs(one.seen_off) for one in week.batteries if one.seen_off is not None]
    sentence = (
        t("model and discharges agree within {off}", off=f"{max(within):.0%}")
        if within
        else t("no discharge was seen that says anything")
    )
    rows = [Row(_battery(one), "bad" if one.short else "") for one in week.batteries]
    head = ("UPS", t("by the model"), t("its card, full"), "", t("discharge seen"), "", t("rounding"))
    return Block(t("MODEL AGAINST BATTERY"), sentence, head, tuple(rows))


def _battery(one: BatterySeen) -> tuple[str, ...]:
    deepest = one.longest
    return (
        one.ups,
        _lasts(one.model_s),
        _lasts(one.told_s),
        _signed(one.told_off),
        _lasts(deepest.full_s if deepest is not None else None),
        _signed(one.seen_off),
        f"±{deepest.within:.0%}" if deepest is not None else "",
    )


def _lasts(seconds: float | None) -> str:
    return UNKNOWN if seconds is None else duration(seconds)


def _signed(off: float | None) -> str:
    return "" if off is None else f"{off:+.0%}"
