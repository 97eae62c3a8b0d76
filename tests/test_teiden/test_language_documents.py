"""The Japanese README says what the English one says; the glossary names what there is."""

import re
from importlib import import_module

import house_rules
from sequencer.events import NAMES

ROOT = house_rules.ROOT
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
JAPANESE = (ROOT / "README.ja.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| `(.+?)` \|$", GLOSSARY, re.MULTILINE)
WORD_LIST = (
    *("制御端末", "連動端末", "連動装置", "共有ディスク", "電源異常確認時間", "電源切断猶予時間"),
    *("LowBattery検出後の動作可能時間", "Warm-UP順位", "Warm-UP時間", "電源制御グループ", "運転スケジュール"),
    *("投入要因", "切断要因", "プールサーバ", "増設筐体"),
)
"""The word list of the requirements."""


def commands(page: str) -> list[str]:
    """What a reader types, without the comment behind it."""
    typed = re.findall(r"^    (\S.*)$", page, re.MULTILINE)
    return [line.partition("#")[0].strip() for line in typed]


def test_both_readmes_type_the_same_commands() -> None:
    assert commands(JAPANESE) == commands(ENGLISH) != []


def test_both_readmes_show_the_same_story() -> None:
    blocks = [re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) for page in (ENGLISH, JAPANESE)]
    assert blocks[0] == blocks[1] != []


def test_the_japanese_readme_leads_everywhere_the_english_one_leads() -> None:
    english, japanese = (set(re.findall(r"\]\(([^)]+)\)", page)) for page in (ENGLISH, JAPANESE))
    assert english - {"README.ja.md"} <= japanese


def test_both_readmes_compare_the_same_things_and_name_the_same_exit_codes() -> None:
    tables = [re.findall(r"^\|.*\|$", page, re.MULTILINE) for page in (ENGLISH, JAPANESE)]
    assert [row.count("|") for row in tables[0]] == [row.count("|") for row in tables[1]]
    for page, no in ((ENGLISH, "not yet"), (JAPANESE, "まだ")):
        assert f"**{no}**" in page
    assert re.findall(r"\d", JAPANESE.rpartition("終了コード")[2])[:4] == ["0", "1", "2", "3"]


def test_the_glossary_has_every_word_of_the_requirements() -> None:
    assert [word for word in WORD_LIST if not any(word in japanese for japanese, _, _ in ROWS)] == []


def test_every_name_of_the_glossary_exists() -> None:
    assert [name for _, _, name in ROWS if not (name in NAMES or exists(name))] == []


def test_a_term_stands_in_the_glossary_once() -> None:
    terms = [japanese for japanese, _, _ in ROWS]
    assert len(terms) == len(set(terms)) >= 60


def exists(dotted: str) -> bool:
    """A module's value, an attribute of it, or a field of a dataclass."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        return has(found, parts[cut:])
    return False


def has(found: object, names: list[str]) -> bool:
    for name in names:
        if name in getattr(found, "__dataclass_fields__", {}):
            return name == names[-1]
        if not hasattr(found, name):
            return False
        found = getattr(found, name)
    return True


def test_a_name_that_does_not_exist_is_seen() -> None:
    assert not exists("sequencer.site.Ups.confirm_ms")
    assert not exists("sequencer.nowhere.Ups")
    assert exists("sequencer.site.Ups.confirm_s")
