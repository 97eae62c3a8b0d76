"""The Japanese catalogue: complete, without conflicts, without leftovers; found by reading the sources."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from string import Formatter

import pytest

import house_rules
import teiden.language.ja
from sequencer.calendar import Goal
from sequencer.events import NAMES, Event, Source
from sequencer.journal import Kind
from sequencer.ports import JobResult
from sequencer.requests import Wish
from teiden.language import retell
from teiden.language.say import ELSEWHERE, LANGUAGES, japanese, language, later, said, speaking, t
from teiden.narration.groups import Group
from teiden.narration.past import Past
from teiden.narration.phrases import phrase
from teiden.narration.row import Importance
from teiden.narration.weights import DOCUMENTED

SPOKEN = ("t", "later")
"""The functions whose first argument is a key of the catalogue."""
IN_A_PAGE = re.compile(r"""\bt\((?:(?P<quote>["'])(?P<text>.*?)(?P=quote)\s*[,)])?""")
"""Where a template of the console says something; without a text it is said in other words each time."""
NOT_SHOWN = frozenset(
    (
        *("manual {}", "mains {}", "held {}", "turn {} {}"),  # under which key a thing is told once
        *("not asked", "under way"),  # of a step's own progress
        *("{}, then {}", ", then ", "{} of ", "{}{} by {}"),  # the cause of a row of the journal
        "it is at it already",
        *("already flushing", "already stopping", "already shutting down", "already off", "already on"),
        "cluster manager",  # who asked: a name
        "{}: {} {} was asked for, the card set {}",  # for the author of a model
    )
)
"""Texts of the sequencer and the room that no reader ever sees. A receipt's `already` comes with a yes."""


@dataclass
class Found:
    """What stands in the sources of a package; gone through once, because that takes a second."""

    constants: set[str] = field(default_factory=set)
    """Every string: titles of rules are said when they are shown, from a table."""
    templates: dict[str, str] = field(default_factory=dict)
    """Every template that is said, and the first place where it stands."""
    no_literals: list[str] = field(default_factory=list)
    """Where something is said that only turns out when it is."""
    told: dict[str, str] = field(default_factory=dict)
    """Every text with a blank in it, by its shape; docstrings and exceptions left out."""


@cache
def found_in(package: str) -> Found:
    found = Found()
    for path in sorted((house_rules.ROOT / package).rglob("*.py")):
        if "language" not in path.parts:
            nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            gather(found, nodes, str(path.relative_to(house_rules.ROOT)))
    for path in sorted((house_rules.ROOT / package).rglob("templates/*.html")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for said_there in IN_A_PAGE.finditer(line):
                place = f"{path.relative_to(house_rules.ROOT)}:{number}"
                if said_there["text"] is None:
                    found.no_literals.append(place)
                else:
                    found.templates.setdefault(said_there["text"], place)
                    found.constants.add(said_there["text"])
    return found


def gather(found: Found, nodes: list[ast.AST], path: str) -> None:
    untold = {id(part) for node in nodes for part in _not_told(node)}
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPOKEN:
            key = node.args[0] if node.args else None
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                found.templates.setdefault(key.value, f"{path}:{node.lineno}")
            else:
                found.no_literals.append(f"{path}:{node.lineno}")
        elif isinstance(node, ast.Constant | ast.JoinedStr) and isinstance(getattr(node, "value", ""), str):
            text = shape(node)
            if isinstance(node, ast.Constant):
                found.constants.add(text)
            if " " in text.strip() and id(node) not in untold:
                found.told.setdefault(text, f"{path}:{node.lineno}")


def shape(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)


def _not_told(node: ast.AST) -> Iterable[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant() as docstring):
            return (docstring,)
        case ast.Raise() | ast.ClassDef(bases=[ast.Name(id="ValueError")]):
            return ast.walk(node)
        case ast.Assert(msg=ast.expr() as message):
            return ast.walk(message)
        case ast.JoinedStr(values=values):
            return values
    return ()


def constants(*packages: str) -> set[str]:
    return set().union(*(found_in(package).constants for package in packages))


def told(*packages: str) -> dict[str, str]:
    return {text: place for package in packages for text, place in found_in(package).told.items()}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_what_is_said_is_a_literal_so_that_it_can_be_found() -> None:
    assert found_in("teiden").no_literals == []


def test_every_text_has_its_japanese() -> None:
    templates = found_in("teiden").templates
    missing = [f"{place}: {key}" for key, place in templates.items() if key not in japanese()]
    assert missing == []


def catalogues() -> dict[str, dict[str, str]]:
    return {
        module.name: import_module(f"teiden.language.ja.{module.name}").TEXTS
        for module in iter_modules(teiden.language.ja.__path__)
    }


def test_every_translation_fills_in_the_same_fields() -> None:
    texts = [pair for catalogue in catalogues().values() for pair in catalogue.items()]
    assert [english for english, ja in texts if "{" in english and fields(english) != fields(ja)] == []


def test_no_two_parts_translate_a_text_differently() -> None:
    seen: dict[str, tuple[str, str]] = {}
    conflicts = []
    for part, texts in catalogues().items():
        for english, ja in texts.items() if part not in ELSEWHERE else ():
            before = seen.setdefault(english, (ja, part))
            if before[0] != ja:
                conflicts.append((english, before, (ja, part)))
    assert conflicts == []


def test_no_translation_is_left_over() -> None:
    """`why R6-14` is the key of a rule's reason; the rest stands in the sources as it is."""
    used = constants("teiden")
    assert [key for key in japanese() if key not in used and not key.startswith("why ")] == []


# What the sequencer and the room tell


def english_in(text: str) -> list[str]:
    """Words of two letters and more that are neither ids nor the terms that stay."""
    return re.findall(
        r"[A-Za-z]{2,}", re.sub(r"\b(?:[RSLXD]\d[\w-]*|OFF|ON|UPS|SNMP|Wake-on-LAN|LAN|OS)\b", "", text)
    )


def test_what_the_sequencer_tells_has_its_japanese() -> None:
    texts = told("sequencer", "sim")
    assert len(texts) > 100
    with speaking("ja"):
        missing = [f"{place}: {text}" for text, place in texts.items() if not is_retold(text)]
    assert [text for text in missing if text.partition(": ")[2] not in NOT_SHOWN] == []


def is_retold(text: str) -> bool:
    """Filled in with figures, or with nothing. What stands behind a device's name gets one."""
    filled, bare = text.replace("{}", "5").strip(" ,;"), text.replace("{}", "")
    tries = [retell.retold(filled), retell.retold(f"5 {filled}"), retell.retold(bare)]
    return not all(map(english_in, tries))


def test_no_text_of_the_sequencer_is_left_over() -> None:
    from teiden.language.ja import alarms, sequencer

    words = (word.replace("_", " ") for word in constants("sequencer", "sim", "teiden"))
    shapes = " | ".join([*told("sequencer", "sim"), *words])
    texts = {**sequencer.TEXTS, **alarms.TEXTS}
    left = [key for key in texts if re.sub(r"\{\w+\}", "{}", key).removeprefix("{} ") not in shapes]
    assert left == []


def test_every_state_of_a_device_has_its_japanese() -> None:
    states = {meaning.state for meaning in NAMES.values() if meaning.state}
    with speaking("ja"):
        assert [state for state in sorted(states) if english_in(retell.retold(state))] == []


def test_every_row_of_the_journal_and_every_wish_has_its_japanese() -> None:
    values = [member.value for kind in (Kind, Wish, JobResult, Goal) for member in kind]
    with speaking("ja"):
        assert [value for value in values if english_in(retell.retold(value.replace("_", " ")))] == []


def test_every_event_is_told_in_japanese() -> None:
    """Filled with nothing but a subject: what a foreign stream may leave out is no reason to fall."""
    for name in sorted(NAMES.keys() - DOCUMENTED):
        event = Event(0.0, name, "5", "5", Source.SEEN)
        with speaking("ja"):
            told = phrase(Group(name, Importance.MAIN, (event,)), Past([event]))
        assert english_in(told) in ([], ["None"]), name


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        (
            "linkeddisk is still flushing; ups5 is not off yet",
            "linkeddisk がまだフラッシュ中、ups5 がまだ停止していない",
        ),
        ("ups5, ups6 not seen off", "ups5、ups6 の停止を確認できない"),
        ("on battery 30 s, then silent", "バッテリ運転 30 秒、その後応答なし"),
        (
            "charge for a full stop: ups4 unknown of 90 %, ups5 3 % of 5 %",
            "全停止できる充電量: ups4 不明（必要 90 %）、ups5 3 %（必要 5 %）",
        ),
        ("22 of 22 expectations, 18 of 18 invariants", "期待 22 件中 22 件、不変条件 18 件中 18 件"),
        ("17 of 18 invariants (S5 broken, as declared)", "不変条件 18 件中 17 件（宣言どおりの違反: S5）"),
    ],
)
def test_a_text_of_several_parts_is_retold_part_by_part(english: str, expected: str) -> None:
    with speaking("ja"):
        assert retell.retold(english) == expected
    assert retell.retold(english) == english


def test_a_text_nobody_knows_stays_as_it_is() -> None:
    """S13: another version's stream may tell what this catalogue has never heard of."""
    with speaking("ja"):
        assert retell.retold("the moon is full, and {braces} stay") == "the moon is full, and {braces} stay"


# What readers of files find wrong


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("`930` has no unit", "`930` に単位がありません"),
        ("upses.ups1.runtime: `60 m` has a space in it", "upses.ups1.runtime: `60 m` に空白が入っています"),
        (
            "upses.ups1 takes keys with values, not a list",
            "upses.ups1 に書けるのはキーと値の組です。リストは書けません",
        ),
        ("e.g. {key: value}, or indented lines below it", "例: {key: value}、または次の行から字下げして書く"),
        (
            "did you mean `feeds`? known: feeds, upses",
            "`feeds` の誤りではありませんか。あるもの: feeds、upses",
        ),
        ("a problem nobody has put into words yet", "a problem nobody has put into words yet"),
    ],
)
def test_a_problem_with_a_file_is_said_in_japanese_as_far_as_it_is_known(english: str, expected: str) -> None:
    with speaking("ja"):
        assert retell.retold_problem(english) == expected
    assert retell.retold_problem(english) == english


def test_no_problem_with_a_file_is_left_over() -> None:
    """Each wording stands in the readers; a field may be filled in by another text."""
    from teiden.language.ja import files

    shapes = " | ".join([*told("teiden/files", "teiden/judge"), *constants("teiden/files")])
    pieces = (piece for key in files.TEXTS for piece, *_ in Formatter().parse(key))
    assert [piece for piece in pieces if piece.strip(" `:;,.?") not in shapes] == []


# Saying


def test_english_is_said_until_another_language_is_asked_for() -> None:
    assert language() == "en"
    assert LANGUAGES == ("en", "ja")
    with speaking("ja"):
        assert said(later("{n} s"), n=5) == "5 秒"
        with speaking("en"):
            assert t("{n} s", n=5) == "5 s"
        assert language() == "ja"
    assert language() == "en"
