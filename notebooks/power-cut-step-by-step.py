# %% [markdown]
# # A power cut, step by step
#
# The mains of the reference site fail for two hours. This notebook plays the cut in virtual time and looks
# at it the way an engineer would: what the plan promises, what happened, why, and how close it was.

# %%
# %matplotlib inline
from teiden import tables
from teiden.files.site_file import load_site
from teiden.plots import timeline, waterfall
from teiden.testing import assert_before, assert_never, assert_within, play

# %% [markdown]
# ## What the settings promise
#
# Before anything is played: the limits of the site file alone say what uses up the time until the control
# side stops. Six UPSes, two control nodes, one control array, one linked array, four linked servers.

# %%
site = load_site("../scenarios/sites/reference.yaml")
waterfall.draw(site, batteries=False)

# %% [markdown]
# ## Play it
#
# Four hours of virtual time, in some ten milliseconds. The sequencer that decides here is the one that runs
# on hardware; the room around it is pretended.

# %%
run = play("../scenarios/site-outage.yaml")
run

# %%
timeline.draw(run.events)

# %% [markdown]
# The same as a table: the time since the loss of the mains, what happened, and why; then how close it was.

# %%
print(run)

# %% [markdown]
# ## Ask it questions
#
# `teiden.tables` gives the run as tidy pandas frames. How long was each server without power or off? From
# `states`:

# %%
states = tables.states(run.events)
down = states[(states.aspect == "os") & ~states.state.isin(["up", "booting"])]
(down.t1 - down.t0).groupby(down.subject, observed=True).sum().round(0)

# %% [markdown]
# What was refused, by which rule, and why: the control side may not stop before the linked disk is safe.

# %%
events = tables.events(run.events, details=["rule", "reason"])
events.loc[events.event == "command.refused", ["t", "subject", "rule", "reason"]]

# %% [markdown]
# And how close was it?

# %%
tables.margins(run.rehearsal)[["key", "value_s", "plan_s", "limit_s"]]

# %% [markdown]
# ## Hold it to its promises
#
# The same sentences that stand under `expect:` in a story are functions in Python; each raises with the
# events around it.

# %%
assert_before(run, "server.halted every linked", "ups.output_off ups5", "array.flushing linkeddisk")
assert_before(run, "array.flushed linkeddisk", "ups.output_off ups4")
assert_within(run, "ups.output_off ups4", "10s", after="array.flushed linkeddisk")
assert_never(run, "array.lost_data")
try:
    assert_within(run, "array.flushed linkeddisk", "60s", after="array.flushing linkeddisk")
except AssertionError as wrong:
    print(wrong)
