# %% [markdown]
# # Two settings compared
#
# The control side may stop after 900 s on battery. Somebody proposes 700 s, to spare the batteries. Is that
# safe? The same outage with both settings, side by side: a flush that never ends, which is the worst the
# linked array can do.

# %%
# %matplotlib inline
from teiden import tables
from teiden.files.site_file import load_site
from teiden.plots import comparison, waterfall
from teiden.testing import play

STORY = "../scenarios/flush-never-ends.yaml"
SHORTER = {"upses.ups3.confirm": "700s"}

before = play(STORY)
after = play(STORY, changes=SHORTER)
before, after

# %% [markdown]
# ## What the rule says
#
# The linked side needs 750 s at its limits: confirm, switch the servers' UPSes off, flush. 700 s are not
# enough.

# %%
waterfall.draw(load_site("../scenarios/sites/reference.yaml", SHORTER), batteries=False)

# %% [markdown]
# ## What would happen
#
# Above the outage with 900 s, below it with 700 s. Only what differs is drawn.

# %%
comparison.draw(before.events, after.events, names=("900 s", "700 s"))

# %% [markdown]
# ## How much is left
#
# The margin between the cut of the linked disk and the stop of the control side, in seconds:

# %%
margins = {
    name: tables.margins(run.rehearsal).set_index("key").value_s
    for name, run in (("900 s", before), ("700 s", after))
}
tables.margins(before.rehearsal).set_index("key")[["plan_s"]].assign(**margins)

# %% [markdown]
# ## Why
#
# What the array never flushed is lost with either setting. But with 900 s there were 150 s to count on
# between the end of the linked side's limits and the stop of the control side. With 700 s there are none:
# only the sequencer's refusal (rule S5) held the cluster up until the disk was cut, and the story that
# asks for 100 s breaks. This is what a test prints:

# %%
print(after.why_not())
