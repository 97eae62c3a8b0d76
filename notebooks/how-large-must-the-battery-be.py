# %% [markdown]
# # How large must the battery be?
#
# The plan says what a battery must last when every step takes as long as it may. But batteries age, flushes are
# longer or shorter, and most outages are short. This notebook plays a few hundred outages with drawn values, and
# asks how often which battery is too small.

# %%
# %matplotlib inline
import subprocess
import tempfile

import pandas as pd

from teiden.files.site_file import load_site
from teiden.plan.batteries import battery_needs
from teiden.plots import band, heat, quantiles, sweep_folder

# %% [markdown]
# ## What the plan says
#
# Seconds, at full load: what each battery must last in its worst case, and what the site file gives it.

# %%
site = load_site("../scenarios/sites/reference.yaml").site
needs = battery_needs(site)
pd.DataFrame(
    [(" ".join(n.upses), n.needs.total, n.has_s) for n in needs], columns=["ups", "needs_s", "has_s"]
)

# %% [markdown]
# ## What varies
#
# The story lists six batteries for `ups4`, the UPS of the linked array, and draws for each run how far every battery
# has aged, how much the array's cache holds, and how long the mains stay away.

# %%
print(open("stories/battery.yaml", encoding="utf-8").read())

# %% [markdown]
# ## 300 outages
#
# On the command line this is `teiden sweep stories/battery.yaml --runs 300 --charges -o OUT`. The draws hang on the
# seed and the number of the run only: whoever plays this again gets the same rows.

# %%
out = tempfile.mkdtemp()
line = [
    "teiden",
    "sweep",
    "stories/battery.yaml",
    "--runs",
    "300",
    "--charges",
    "--plain",
    "-o",
    out,
    "--overwrite",
]
done = subprocess.run(line, capture_output=True, text=True)
sweep = sweep_folder.read(out)
runs = sweep.runs
print(f"{len(runs)} runs, {int((~runs.holds).sum())} break a rule")

# %%
by_runtime = runs.groupby("runtime", sort=False, observed=True)
by_runtime.agg(
    runs=("run", "size"),
    broken=("holds", lambda held: int((~held).sum())),
    lowest=("lowest_charge.ups4_pct", "min"),
)

# %% [markdown]
# ## Where it breaks
#
# Across: how long a new battery would last. Up: what age has left of it. A cell is as dark as its runs are bad.

# %%
heat.draw(runs, "runtime", "health.ups4")

# %% [markdown]
# ## How much is left
#
# The charge of all batteries over all runs: the middle, half of all runs, nine in ten.

# %%
reach = quantiles.reach(sweep.charges())
spread = quantiles.spread(sweep.charges(), *reach)
band.draw(spread.frame, runs=spread.runs, empty=spread.empty)
