"""The power-control groups, as the operator's console shows them."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.tree import Tree

from sequencer.site import Group, Site
from teiden.files.site_file import load_site
from teiden.language.say import speaking
from teiden.tree import render, tree_of

REFERENCE = Path(__file__).parents[2] / "scenarios/sites/reference.yaml"


def plain(site: Site, lang: str = "en") -> str:
    with speaking(lang):
        text = render(site)
    assert isinstance(text, str)
    return text


def test_r6_02_r6_05_the_reference_site_hangs_as_in_the_console() -> None:
    assert (
        plain(load_site(REFERENCE).site)
        == """\
network (reference)
└── SSC
    ├── control node
    │   └── SSC_Cluster
    │       ├── peripheral
    │       │   └── ups3  制御端末の共有ディスク, UPS 3, confirm 900 s
    │       └── control node
    │           ├── SSC_SEIGYO_1
    │           │   ├── power unit
    │           │   │   └── ups1  制御端末1, UPS 1, confirm 930 s
    │           │   └── control node
    │           │       └── control1
    │           └── SSC_SEIGYO_2
    │               ├── power unit
    │               │   └── ups2  制御端末2, UPS 2, confirm 930 s
    │               └── control node
    │                   └── control2
    └── 共有ディスク_連動用
        ├── peripheral
        │   └── ups4  連動端末の共有ディスク, UPS 4, confirm 30 s
        ├── Bladeサーバ
        │   ├── power unit
        │   │   └── ups5  Bladeサーバ, UPS 5, confirm 60 s
        │   └── linked server
        │       ├── blade1
        │       ├── blade2
        │       └── bladepool  pool server
        └── 100サーバ
            ├── power unit
            │   └── ups6  100シリーズ, UPS 6, confirm 60 s
            └── linked server
                ├── rack1
                ├── rack2
                └── rackpool  pool server"""
    )


def test_the_slots_have_the_consoles_own_names_in_japanese() -> None:
    text = plain(load_site(REFERENCE).site, "ja")
    assert all(slot in text for slot in ("電源装置", "連動装置", "制御端末", "連動端末", "プールサーバ"))
    assert "電源異常確認時間 900 秒" in text


def test_on_a_terminal_it_is_a_rich_tree_of_the_same_words() -> None:
    site = load_site(REFERENCE).site
    tree = render(site, terminal=True)
    assert isinstance(tree, Tree)
    screen = StringIO()
    Console(file=screen, width=120).print(tree)
    assert [line.rstrip() for line in screen.getvalue().splitlines()] == plain(site).splitlines()


def test_square_brackets_in_a_label_are_no_markup(reference: Site) -> None:
    group = Group("[red]room[/red]", power=("ups1",))
    screen = StringIO()
    Console(file=screen, width=120).print(render(replace(reference, groups=(group,)), terminal=True))
    assert "[red]room[/red]" in screen.getvalue()


def test_what_is_in_no_group_is_shown_last(reference: Site) -> None:
    site = replace(reference, groups=reference.groups[0].groups[:1])
    last = tree_of(site).below[-1]
    assert last.text == "in no group"
    assert [branch.text.split()[0] for branch in last.below][:3] == ["ups4", "ups5", "ups6"]


def test_without_groups_the_wiring_is_shown(reference: Site) -> None:
    tree = tree_of(replace(reference, groups=()))
    assert tree.text == "network (reference), the site file names no groups: as wired"
    assert [branch.text for branch in tree.below] == ["ssccluster", "linkeddisk"]
