"""Finds who carries the id of a requirement: rules, stories, tests and modules, each by its file.

Rules are asked for their ids, stories for their `covers:`. Of a test the name, the docstring, the comments
in and above it, and `found("R6-12", site)` count: calls that are given the id first. Of a module every
docstring and comment counts. Nothing else does: that an id stands somewhere in a string, or in `code`,
shows nothing.
"""

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

Id = str
Carriers = dict[Id, set[str]]
"""Paths of files by the id that they carry."""

ID = re.compile(r"(?<![A-Za-z0-9])(R1[0-3]|R[1-9]|X)[-_](\d\d)(?!\d)", re.IGNORECASE)
"""R9-26 and X-01 in texts, r9_26 and x_01 in the names of tests."""
RANGE = re.compile(ID.pattern + r"(?:\.\.|_to_| to )(?:\1[-_])?(\d\d)(?!\d)", re.IGNORECASE)
"""R8-02..R8-04, R10-51..53, r6_15_to_r6_18."""

QUOTED = re.compile(r"`[^`]*`")

SOURCES = ("sequencer", "sim", "realtime", "teiden")
NOT_SOURCES = ("teiden/language", "teiden/rules")
"""Translations say what others do; rules are asked by themselves."""

RULE = ("rule", "model_rule", "contact_rule", "live_rule")
"""What makes a rule of a function."""

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
DEFINES = ast.Module | ast.ClassDef | FUNCTION


@dataclass
class Evidence:
    rules: dict[Id, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """The rule's own id and its file, by every id that it has."""
    stories: Carriers = field(default_factory=lambda: defaultdict(set))
    tests: Carriers = field(default_factory=lambda: defaultdict(set))
    modules: Carriers = field(default_factory=lambda: defaultdict(set))

    def of(self, id: Id) -> bool:
        """Whether a rule, a story or a test carries it. A module that only says so is no evidence."""
        return any(id in carriers for carriers in (self.rules, self.stories, self.tests))


def evidence(root: Path) -> Evidence:
    found = Evidence()
    for id, own, file in rules(root):
        found.rules[id].append((own, file))
    for carriers, texts in (
        (found.stories, stories(root)),
        (found.tests, tests(root)),
        (found.modules, sources(root)),
    ):
        for path, text in texts:
            for id in ids_in(text):
                carriers[id].add(path.relative_to(root).as_posix())
    return found


def ids_in(text: str) -> set[Id]:
    text = QUOTED.sub(" ", text)
    found = {f"{section.upper()}-{number}" for section, number in ID.findall(text)}
    for section, first, last in RANGE.findall(text):
        found |= {f"{section.upper()}-{n:02}" for n in range(int(first), int(last) + 1)}
    return found


def rules(root: Path) -> Iterator[tuple[Id, str, str]]:
    """Id, the rule's own id, and its file."""
    from teiden.rules.registry import all_rules

    files = {
        id: path.relative_to(root).as_posix()
        for path in sorted((root / "teiden" / "rules").glob("*.py"))
        for id in rules_in(path)
    }
    for rule in all_rules():
        for id in {rule.id, *rule.also}:
            if ID.fullmatch(id):
                yield id, rule.id, files[rule.id]


def rules_in(path: Path) -> Iterator[Id]:
    """The ids that this file gives its rules: first arguments of `@rule` and its like."""
    for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RULE:
            yield from first_argument(node)


def stories(root: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((root / "scenarios").glob("*.yaml")):
        with path.open(encoding="utf-8") as file:
            for document in yaml.load_all(file, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
                yield path, " ".join(document.get("covers", ()))


def tests(root: Path) -> Iterator[tuple[Path, str]]:
    for path in naming_ids((root / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_bytes(), filename=str(path))
        comments = comments_of(path)
        for node in ast.walk(tree):
            if isinstance(node, FUNCTION) and node.name.startswith("test_"):
                yield path, node.name
                yield path, ast.get_docstring(node) or ""
                yield path, " ".join(comments_about(node, comments))
            elif isinstance(node, ast.Call):
                yield path, " ".join(id for id in first_argument(node) if ID.fullmatch(id))


def naming_ids(paths: Iterable[Path]) -> Iterator[Path]:
    """Those in whose text any id stands at all: only they need to be taken apart, which is slow."""
    yield from (path for path in sorted(paths) if ID.search(path.read_text(encoding="utf-8")))


def first_argument(call: ast.Call) -> Iterator[str]:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value


def comments_of(path: Path) -> dict[int, str]:
    """Comments by their lines; none of a file in which none names an id, as taking files apart is slow."""
    text = path.read_text(encoding="utf-8")
    if not any(ID.search(line, line.find("#")) for line in text.splitlines() if "#" in line):
        return {}
    lines = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.start[0]: token.string for token in lines if token.type == tokenize.COMMENT}


def comments_about(node: FUNCTION, comments: dict[int, str]) -> Iterator[str]:
    """Those in a function, and those that stand directly above it."""
    line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    while line - 1 in comments:
        line -= 1
    yield from (comments[n] for n in range(line, (node.end_lineno or line) + 1) if n in comments)


def sources(root: Path) -> Iterator[tuple[Path, str]]:
    for package in SOURCES:
        for path in naming_ids((root / package).rglob("*.py")):
            if not path.relative_to(root).as_posix().startswith(NOT_SOURCES):
                yield path, " ".join((*docstrings(path), *comments_of(path).values()))


def docstrings(path: Path) -> Iterator[str]:
    """Of modules, classes and functions, and those that stand below a field or a constant."""
    for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))):
        for statement in node.body if isinstance(node, DEFINES) else ():
            if isinstance(statement, ast.Expr):
                yield from strings(statement.value)


def strings(node: ast.expr) -> Iterable[str]:
    return (node.value,) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ()
