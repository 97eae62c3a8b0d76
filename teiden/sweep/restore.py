"""The restore sweep: one story with its mains coming back after every so many seconds, a run each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sequencer import timing
from sequencer.site import Site
from sim.battery import Battery
from sim.model import Model, UpsModel
from sim.story import Happening, MainsChange
from teiden.files.source import InputError, Place, Problem
from teiden.files.units import written_s
from teiden.judge.invariants.stages import stages
from teiden.judge.wiring import Wiring
from teiden.language.say import t
from teiden.plan.course import whole_site
from teiden.play import play
from teiden.story import Story
from teiden.sweep.outcome import Stage, fate, reached
from teiden.sweep.row import rehearsed, row_of
from teiden.sweep.work import Played, Value

BACK = "back_s"
"""What varies: seconds from the loss of the mains to their return."""


@dataclass(frozen=True)
class Returns:
    """The work: in run n the mains return n steps after they were lost."""

    story: Story
    """As it is written, but without that return, and without expectations: they were made for it."""
    lost_s: float
    out: tuple[str, ...]
    """Feeds or UPSes whose mains are lost then, and return together."""
    every_s: float
    way_up_s: float
    """How long a run goes on after the return."""
    seed: int
    whole: Stage = Stage.CLUSTER
    """How far down it goes when they stay away."""

    def play(self, run: int) -> Played:
        story = self.story_of(run)
        back_s = self.back_s(run)
        events, verdict = rehearsed(story)
        found = fate(events, story.site, verdict, self.lost_s + back_s, self.whole)
        outcome: dict[str, Value] = {
            BACK: back_s,
            "outcome": found.outcome.value,
            "up_again_s": found.up_again_s,
            "stranded": " ".join(found.stranded),
            "unsafe": " ".join(found.unsafe),
        }
        return Played(row_of(run, self.seed, verdict, outcome))

    def back_s(self, run: int) -> float:
        return round(run * self.every_s, 3)

    def story_of(self, run: int) -> Story:
        return self.story_after(self.back_s(run))

    def story_after(self, back_s: float) -> Story:
        back = [MainsChange(self.lost_s + back_s, of, lost=False) for of in self.out]
        return replace(
            self.story,
            name=f"{self.story.name}[back={written_s(back_s)}]",
            happenings=tuple(sorted([*self.story.happenings, *back], key=lambda h: h.at_s)),
            until_s=max(self.story.until_s, self.lost_s + back_s + self.way_up_s),
            seed=self.seed,
        )


def returns(story: Story, every_s: float, up_to_s: float, seed: int) -> Returns:
    """From a story whose mains are lost; InputError where they are not, or are lost again too soon."""
    losses = [h for h in story.happenings if isinstance(h, MainsChange) and h.lost]
    if not losses:
        hint = t("e.g. events: {example}", example="[{at: 10m, mains: utility, lost_for: 2h}]")
        raise InputError([Problem(_place(story), t("the mains are never lost in this story"), hint)])
    lost_s = losses[0].at_s
    out = tuple(dict.fromkeys(h.of for h in losses if h.at_s == lost_s))
    for again in losses:
        if again.of in out and lost_s < again.at_s <= lost_s + up_to_s:
            message = t("the mains of {name} are lost again at {n} s", name=again.of, n=f"{again.at_s:g}")
            hint = t("--up-to less than {time}", time=written_s(again.at_s - lost_s))
            raise InputError([Problem(_place(story), message, hint)])
    kept = tuple(_without_return(story.happenings, out, lost_s))
    plain = replace(story, happenings=kept, expectations=(), breaks=())
    made = Returns(plain, lost_s, out, every_s, way_up_s(story.site, story.model), seed)
    down_s = max(up_to_s, way_down_s(story.site))
    never = replace(made.story_after(down_s), until_s=lost_s + down_s)
    return replace(made, whole=reached(play(never, seed=seed).stream.events, story.site))


def _place(story: Story) -> Place:
    return story.place or Place(story.name)


def _without_return(
    happenings: tuple[Happening, ...], out: tuple[str, ...], lost_s: float
) -> Iterator[Happening]:
    """All but the first return of each that is lost then."""
    waiting = set(out)
    for happening in happenings:
        if (
            isinstance(happening, MainsChange)
            and not happening.lost
            and happening.of in waiting
            and happening.at_s >= lost_s
        ):
            waiting.remove(happening.of)
        else:
            yield happening


def way_down_s(site: Site) -> float:
    """How long the whole way down takes at its limits, as `teiden plan` computes it."""
    course = whole_site(site)
    ends = (course.off(name) for name in site.upses)
    return max((end.total for end in ends if end is not None), default=0.0)


def way_up_s(site: Site, model: Model) -> float:
    """How long everything may take to come back: every stage of the way up at its limit, and before it the
    charge for another full stop (S17) into a battery that is empty."""
    charges = [_charging_s(site, model, name) for name in site.upses]
    return stages(site, Wiring(site)).all_s + max(charges, default=0.0)


def _charging_s(site: Site, model: Model, ups: str) -> float:
    need_pct = timing.return_charge_pct(site, site.upses[ups])
    battery = Battery(replace(model.upses.get(ups, UpsModel()), charge_pct=0.0))
    battery.recharge(0.0)
    return battery.when_charge_above(0.0, min(need_pct / 100, 0.99)) or 0.0
