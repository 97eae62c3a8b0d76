"""Sites drawn by chance, as the text of a site file: a Hypothesis strategy.

Most draws lie near what an engineer would set, so that many are accepted; now and then one value is taken
from anywhere. The first choice of each draw is the plainest, so what is shrunk ends as a plain site.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
Entry = dict[str, Any]

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def text_of(document: Entry) -> str:
    """The document as YAML; a key or a value that YAML 1.1 would bend, as `off`, stands in quotes."""
    return str(yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True))


@st.composite
def sites(draw: Draw) -> Entry:
    """One site's document, for `text_of`."""
    return _Hall(draw).document()


@dataclass
class _Hall:
    """What has been drawn so far."""

    draw: Draw
    upses: dict[str, Entry] = field(default_factory=dict)
    servers: dict[str, Entry] = field(default_factory=dict)
    arrays: dict[str, Entry] = field(default_factory=dict)
    feeds: list[str] = field(default_factory=list)
    timing: str = "legacy"

    def document(self) -> Entry:
        self.feeds = [f"feed{n + 1}" for n in range(self.one(1, 1, 1, 2, 2, 3))]
        self.timing = self.one("legacy", "legacy", "lcd", "rfc1628")
        serial = self.one("serial", "serial", "parallel")
        flush_s = self.one(300, 300, 120, 600)
        linked = self.one(1, 1, 1, 2, 2)
        racks = self._racks(linked)
        disks = [self._array(f"disk{n + 1}", "linked") for n in range(linked)]
        control_disks = [self._array(f"cdisk{n + 1}", "control") for n in range(self.one(1, 1, 0, 2))]
        nodes = self._nodes(control_disks)
        self._servers(racks, disks)
        self._confirm(serial, flush_s, racks, disks, control_disks)
        document: Entry = {
            "schema": "teiden/site/1",
            "site": "drawn",
            "product": "ver2.1",
            "feeds": self.feeds,
            "ups_defaults": self._ups_defaults(),
            "upses": self.upses,
            "linkage": {"flush_limit": f"{flush_s}s", "flush_order": serial},
            "arrays": self.arrays,
            "servers": self.servers,
            "cluster": {
                "name": "cluster",
                "nodes": nodes,
                "shutdown_limit": f"{self.one(300, 300, 180, 600)}s",
            },
            "switches": {"lan1": {"upses": sorted({u for n in nodes for u in self.servers[n]["upses"]})}},
            "control_stop": self.one("hold", "hold", "document"),
            "start": self._start(),
            "model": self._model(flush_s),
        }  # fmt: skip
        self._stray(document)
        return document

    def one(self, *of: Any) -> Any:
        """One of these; the first is the plainest, and said more than once it is likelier."""
        return self.draw(st.sampled_from(of))

    def ups(self, label: str, **entry: Any) -> str:
        name = f"ups{len(self.upses) + 1}"
        feed = (
            self.feeds[len(self.upses) % len(self.feeds)] if self.one(True, False) else self.one(*self.feeds)
        )
        runtime = entry.pop("runtime", None) or self.one("2h", "1h", "30m", "3h")
        self.upses[name] = {
            "number": len(self.upses) + 1,
            "feed": feed,
            "runtime": runtime,
            "label": label,
            **entry,
        }
        if self.one(False, False, False, True):
            self.upses[name]["timing"] = self.one("legacy", "lcd", "rfc1628")
        return name

    def _ups_defaults(self) -> Entry:
        return {
            "timing": self.timing,
            "shutdown_delay": f"{self.one(180, 180, 300)}s",
            "low_battery_runtime": f"{self.one(120, 120, 300)}s",
            "power_off_delay": f"{self.one(420, 420, 300, 600)}s",
            "return_delay": f"{self.one(60, 0, 180)}s",
            "min_return_charge": f"{self.one(15, 0, 50)}%",
            "off": self.one("with_shutdown", "with_shutdown", "after_halt"),
        }

    def _racks(self, linked: int) -> list[str]:
        """UPSes of the linked servers."""
        return [self.ups("servers") for _ in range(self.one(1, 2, 2, 3 if linked == 1 else 2))]

    def _array(self, name: str, role: str) -> Entry:
        controllers = [self.ups(name, runtime=self.one("2h", "3h")) for _ in range(self.one(1, 1, 2))]
        match self.one("same", "same", "own", "one of them"):
            case "own":
                enclosures = [self.ups(name, runtime=self.one("2h", "3h")) for _ in range(self.one(1, 1, 2))]
            case "one of them":
                enclosures = controllers[:1]
            case _:
                enclosures = controllers
        for n in controllers:
            self.upses[n]["warm_up"] = {
                "rank": self.one(2, 2, 2, 2, 2, 1) if enclosures != controllers else self.one(1, 2),
                "time": "720s",
            }
        if enclosures != controllers:
            for n in enclosures:
                self.upses[n]["warm_up"] = {"rank": 1, "time": "720s"}
        entry = {
            "role": role,
            "address": f"192.0.2.{100 + len(self.arrays)}",
            "controllers": {"upses": controllers},
            "enclosures": {"upses": enclosures},
        }
        self.arrays[name] = entry
        return entry

    def _nodes(self, disks: list[Entry]) -> list[str]:
        names = [f"control{n + 1}" for n in range(self.one(2, 2, 2, 2, 2, 3, 1))]
        shared = self.ups("nodes", runtime=self.one("2h", "3h")) if self.one(False, False, True) else None
        for name in names:
            upses = [shared or self.ups("nodes", runtime=self.one("2h", "3h"))]
            if shared is None and self.one(False, False, False, True):
                upses.append(self.ups("nodes", runtime="3h"))
            self.servers[name] = {
                "role": "control",
                "upses": upses,
                "arrays": [a for a, e in self.arrays.items() if e in disks],
                "shutdown": {"by": "cluster", "limit": f"{self.one(120, 60, 180)}s"},
            }
        return names

    def _servers(self, racks: list[str], disks: list[Entry]) -> None:
        names = [a for a, e in self.arrays.items() if e in disks]
        for n in range(self.one(1, 2, 3, 4, 6)):
            upses = [racks[n % len(racks)]]
            if len(racks) > 1 and self.one(False, True):
                upses.append(racks[(n + 1) % len(racks)])
            self.servers[f"server{n + 1}"] = {
                "role": "linked",
                "upses": upses,
                "arrays": names if self.one(False, False, True) else [names[n % len(names)]],
                "mac": f"02:00:5e:00:05:{n + 1:02x}",
                "minimum_supplies": self.one(1, 1, 1, len(upses)),
                "ac_link": self.one("boot", "boot", "stay_off", "last_state"),
                "shutdown": {
                    "by": "ssh",
                    "host": f"192.0.2.{50 + n}",
                    "limit": f"{self.one(180, 180, 60, 300)}s",
                },
            }
        for n in range(self.one(0, 0, 1, 2)):
            self.servers[f"pool{n + 1}"] = {
                "role": "pool",
                "upses": [racks[n % len(racks)]],
                "ac_link": "stay_off",
            }

    def _confirm(
        self, serial: str, flush_s: int, racks: list[str], disks: list[Entry], control: list[Entry]
    ) -> None:
        """A chain that falls, and leaves the control side what the linked side needs, give or take."""
        linked = [u for e in disks for part in ("controllers", "enclosures") for u in e[part]["upses"]]
        own = [u for e in control for part in ("controllers", "enclosures") for u in e[part]["upses"]]
        disk_s = self.one(30, 30, 10, 60)
        racks_s = disk_s + self.one(30, 10, 60, 240)
        stop_s = racks_s + self.one(600, 420, 720) + flush_s * (len(disks) if serial == "serial" else 1)
        own_s = stop_s + self.one(100, 0, 300, -100)
        for name, entry in self.upses.items():
            confirm_s = (
                disk_s
                if name in linked
                else racks_s
                if name in racks
                else own_s
                if name in own
                else own_s + 30
            )
            entry["confirm"] = f"{confirm_s}s"

    def _start(self) -> Entry:
        return {
            "auto": True,
            "mains_stable": f"{self.one(60, 60, 120, 20)}s",
            "ready_hold": f"{self.one(10, 10, 20)}s",
            "gap": f"{self.one(10, 10, 0)}s",
        }

    def _model(self, flush_s: int) -> Entry:
        """Typical times, none above its limit."""
        return {
            "servers": {
                "control": {"boot": f"{self.one(240, 60)}s", "shutdown": f"{self.one(50, 10)}s"},
                "linked": {"boot": f"{self.one(180, 60, 400)}s", "shutdown": f"{self.one(50, 10)}s"},
                "pool": {"boot": "180s", "shutdown": "50s"},
            },
            "arrays": {
                name: {
                    "start": f"{self.one(180, 60, 500)}s",
                    "dirty": f"{self.one(6, 1)}GiB",
                    "flush_rate": "64MiB/s",
                }
                for name in self.arrays
            },
            "cluster": {"stop": f"{self.one(120, 30)}s", "start": f"{self.one(90, 30)}s"},
        }

    def _stray(self, document: Entry) -> None:
        """Now and then one thing that nobody would set: another UPS under a load, another time."""
        if not self.one(False, False, False, True):
            return
        ups = self.one(*self.upses)
        match self.one("confirm", "load", "restore", "delay", "honours", "stay_off"):
            case "confirm":
                self.upses[ups]["confirm"] = f"{self.draw(st.integers(0, 2000))}s"
            case "load":
                server = self.servers[self.one(*self.servers)]
                server["upses"] = sorted({*server["upses"], ups})
            case "restore":
                self.upses[ups]["reboot_on_restore"] = False
            case "delay":
                self.upses[ups]["shutdown_delay"] = f"{self.one(20, 600, 60)}s"
            case "honours":
                self.upses[ups]["immediate_off_honours_grace"] = True
            case "stay_off":
                document["start"]["auto"] = False
