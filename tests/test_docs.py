"""Documents: every link, picture and anchor in them leads somewhere."""

import re
from pathlib import Path

import pytest

import house_rules
from house_rules import links_lead_somewhere
from teiden.judge.invariants.catalogue import INVARIANTS


def test_every_link_in_the_documents_leads_somewhere() -> None:
    assert not list(links_lead_somewhere(house_rules.ROOT))


def test_every_decision_is_in_the_index() -> None:
    folder = house_rules.ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")

    decisions = sorted(path.name for path in folder.glob("[0-9]*.md"))

    assert decisions
    assert [name for name in decisions if f"]({name})" not in index] == []


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_the_readme_counts_what_is_there(page: str) -> None:
    said = [
        int(n)
        for n in re.findall(r"\d+", _after((house_rules.ROOT / page).read_text("utf-8"), "[scenarios/]"))
    ]

    stories = len(list((house_rules.ROOT / "scenarios").glob("*.yaml")))

    assert stories in said
    assert len(INVARIANTS) in said


def _after(text: str, mark: str) -> str:
    """The paragraph that begins with the mark."""
    return text[text.index(mark) :].split("\n\n")[0]


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("[gone](gone.md)", "gone.md: no such file"),
        ("![picture](pictures/gone.svg)", "no such file"),
        ('![picture](gone.svg "A title")', "no such file"),
        ("[by name][1]\n\n[1]: gone.md", "no such file"),
        ('<img src="gone.png">', "no such file"),
        ("[anchor](#nowhere)", "#nowhere: no such heading"),
        ("[anchor](other.md#nowhere)", "no such heading"),
        ("[outside](../../secret.md)", "leads out of the project"),
        ("[absolute](/etc/hosts)", "leads out of the project"),
    ],
)
def test_a_link_that_leads_nowhere_is_seen(documents: Path, link: str, reason: str) -> None:
    (documents / "page.md").write_text(f"# Page\n\n{link}\n", encoding="utf-8")

    (offence,) = links_lead_somewhere(documents)

    assert offence.startswith("page.md:")
    assert reason in offence


@pytest.mark.parametrize(
    "link",
    [
        "[other](other.md)",
        "[folder](docs)",
        "[anchor](#page)",
        "[anchor](other.md#two-rooms-one-sequencer)",
        "[second of its name](other.md#again-1)",
        "[elsewhere](https://example.org/gone)",
        "[mail](mailto:nobody@example.org)",
        "[spaces](with%20space.md)",
        "`[code](gone.md)`",
        "```\n[code](gone.md)\n```",
    ],
)
def test_a_link_that_leads_somewhere_passes(documents: Path, link: str) -> None:
    (documents / "page.md").write_text(f"# Page\n\n{link}\n", encoding="utf-8")

    assert not list(links_lead_somewhere(documents))


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "other.md").write_text("# Two rooms, one `sequencer`\n## Again\n## Again\n", encoding="utf-8")
    (tmp_path / "with space.md").write_text("# Spaced\n", encoding="utf-8")
    return tmp_path
