# %% [markdown]
# # How large must the battery be?
#
# The plan says what a battery must last when every step takes as long as it may. But batteries age, flushes
# are longer or shorter, and most outages are short. This notebook plays ninety outages with drawn
# values, and asks how often which battery is too small.

# %%
# %matplotlib inline
import subprocess
import sys
import tempfile
from pathlib import Path

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
lines = [(line.ups, line.needs.total, line.has and line.has.total) for line in battery_needs(site)]
pd.DataFrame(lines, columns=["ups", "needs_s", "has_s"])

# %% [markdown]
# ## What varies
#
# The story lists six batteries for `ups4`, the UPS of the linked array, and draws for each run how far
# every battery has aged, how much the array's cache holds, and how long the mains stay away.

# %%
print(Path("stories/battery.yaml").read_text(encoding="utf-8"))

# %% [markdown]
# ## 90 outages
#
# Fifteen of each battery. On the command line this is
# `teiden sweep stories/battery.yaml --runs 90 --charges -o OUT`. The draws hang on the seed and the number
# of the run only: whoever plays this again gets the same rows.

# %%
out = tempfile.mkdtemp()
sweep_it = f"teiden sweep stories/battery.yaml --runs 90 --charges --workers 1 --plain --overwrite -o {out}"
done = subprocess.run([sys.executable, "-m", *sweep_it.split()], capture_output=True, encoding="utf-8")
print(done.stdout.replace(out, "OUT").rpartition("   seed")[0])

# %%
sweep = sweep_folder.read(out)
runs = sweep.runs
runs["broke"] = ~runs.holds.astype(bool)
by_runtime = runs.groupby("runtime", sort=False, observed=True)
by_runtime.agg(runs=("run", "size"), broke=("broke", "sum"), lowest_pct=("lowest_charge.ups4_pct", "min"))

# %% [markdown]
# ## Where it breaks
#
# Across: how long a new battery would last. Up: what age has left of it. A cell is as dark as its runs are
# bad.

# %%
heat.draw(runs, "runtime", "health.ups4")

# %% [markdown]
# ## How much is left
#
# The charge of all batteries over all runs: the middle, half of all runs, nine in ten.

# %%
reach = quantiles.reach(sweep.charges())
spread = quantiles.spread(sweep.charges(), *reach)
band.draw(spread.charges, runs=spread.runs, empty=spread.empty)
