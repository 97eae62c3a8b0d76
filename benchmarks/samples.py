"""What a week of samples costs: `python benchmarks/samples.py [--quick]`.

200 UPSes every 10 s for a week: 12 million readings, written by the very store that the service writes with.
Once as rooms mostly are, where charge and runtime stand still and the load changes by a tenth every other
minute; once at its worst, where every reading differs from the one before. Then the times of the console's
pages from it, over the application itself, and of throwing an hour away.

`--folder DIR` keeps the databases, to look at the pages in a browser.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from realtime.samples.sample import Sample, Values
from realtime.samples.schema import EVERY_S, FILE, HOUR_S, KEPT_S
from realtime.samples.store import Store

UPSES = 200
NAMES = tuple(f"ups{n:03}" for n in range(1, UPSES + 1))
STEADY, WORST = "load moves by a tenth every two minutes", "every reading differs"
OUTAGE_S = (3 * 86_400, 3 * 86_400 + 900)
"""Since the beginning: everybody is on battery once."""
PAGES = ("/stats", "/ups/ups007", "/ups/ups007/week.svg", "/metrics")


@dataclass
class Measured:
    rows: int
    bytes: int
    written_s: float
    readings: int
    slowest_ms: float
    prune_ms: float
    pages_ms: dict[str, tuple[float, float, float]]
    """Read from the samples, wall and CPU; and while what was read is remembered. Medians, imports done."""


def main() -> None:
    quick = "--quick" in sys.argv
    week_s = HOUR_S * 6 if quick else KEPT_S
    print(f"| {UPSES} UPSes, {week_s / 86_400:g} days | {STEADY} | {WORST} |")
    print("|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(sys.argv[sys.argv.index("--folder") + 1]) if "--folder" in sys.argv else Path(folder)
        told = [measure(root / kind.replace(" ", "-"), week_s, kind == WORST) for kind in (STEADY, WORST)]
    for name, cell in cells(told[0]):
        print(f"| {name} | {cell} | {dict(cells(told[1]))[name]} |")


def cells(told: Measured) -> list[tuple[str, str]]:
    return [
        ("readings", f"{told.readings:,}"),
        ("rows", f"{told.rows:,}"),
        ("on disk, MB", f"{told.bytes / 1e6:.0f}"),
        ("readings written in a second", f"{told.readings / told.written_s:,.0f}"),
        ("one sample of all UPSes, mean / slowest, ms", _ms(told)),
        ("throwing away the oldest two hours, ms", f"{told.prune_ms:.0f}"),
        *(
            (f"{page}, read / CPU of it / remembered, ms", f"{a:.0f} / {b:.0f} / {c:.0f}")
            for page, (a, b, c) in told.pages_ms.items()
        ),
    ]


def _ms(told: Measured) -> str:
    return f"{1000 * told.written_s * UPSES / told.readings:.1f} / {told.slowest_ms:.0f}"


def measure(folder: Path, week_s: int, worst: bool) -> Measured:
    folder.mkdir(parents=True)
    store = Store(str(folder), told=print)
    end = int(time.time()) // 300 * 300
    taken_s: list[float] = []
    for at in range(end - week_s, end, int(EVERY_S)):
        sample = Sample(
            at, tuple((name, values(n, at - end + week_s, worst)) for n, name in enumerate(NAMES))
        )
        began_s = time.perf_counter()
        store.write(sample)
        taken_s.append(time.perf_counter() - began_s)
    pages_ms = asyncio.run(pages(folder))
    prune_ms = pruned(store, end)
    ((rows,),) = store._run("SELECT count(*) FROM readings")
    store.close()
    return Measured(
        rows,
        (folder / FILE).stat().st_size,
        sum(taken_s),
        len(taken_s) * UPSES,
        1000 * max(taken_s),
        prune_ms,
        pages_ms,
    )


def values(n: int, since_s: int, worst: bool) -> Values:
    """No two UPSes change at the same moment."""
    moves = since_s // 10 + n if worst else (since_s + 37 * n) // 120
    load = 300 + 7 * (n % 20) + moves * 7919 % 40
    if OUTAGE_S[0] <= since_s < OUTAGE_S[1]:
        left = 1000 - (since_s - OUTAGE_S[0]) * 2 // 3
        return Values(False, True, True, False, left, 3 * left, load)
    runtime_s = 3000 - (moves % 97 if worst else since_s // 86_400)
    return Values(True, True, False, False, 1000, runtime_s, load)


def pruned(store: Store, end: int) -> float:
    """As if two hours had passed."""
    began_s = time.perf_counter()
    store._prune(end + 2 * HOUR_S)
    return 1000 * (time.perf_counter() - began_s)


async def pages(folder: Path) -> dict[str, tuple[float, float, float]]:
    import httpx2

    from teiden.files.site_file import load_site
    from teiden.web.app import application
    from teiden.web.settings import Settings

    site = load_site(Path(__file__).resolve().parents[1] / "scenarios" / "sites" / "hall.yaml")
    settings = Settings(site, "control1", str(folder / "none.sock"), folder, folder / "web", folder / "stop")
    app = application(settings)
    transport = httpx2.ASGITransport(app=app)
    found: dict[str, tuple[float, float, float]] = {}
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:7480") as browser:

        async def taken_ms(page: str, *, anew: bool) -> tuple[float, float]:
            if anew:
                app.state.console.statistics._known.clear()
            began_s, cpu_s = time.perf_counter(), time.process_time()
            answer = await browser.get(page)
            assert answer.status_code == 200, (page, answer.status_code, answer.text[:200])
            return 1000 * (time.perf_counter() - began_s), 1000 * (time.process_time() - cpu_s)

        for page in PAGES:
            await taken_ms(page, anew=True)
            anew = [await taken_ms(page, anew=True) for _ in range(7)]
            known = [await taken_ms(page, anew=False) for _ in range(7)]
            wall, cpu = zip(*anew, strict=True)
            found[page] = median(wall), median(cpu), median(wall for wall, _ in known)
    return found


if __name__ == "__main__":
    main()
