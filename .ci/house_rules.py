"""The rules of this house that no linter knows: who may import whom, how files begin, where links lead.

`./run check` calls this file; tests/test_architecture.py and tests/test_docs.py prove that it looks.
Each rule takes the project's root and yields one line per offence, as `path:line: what is wrong`.
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
Rule = Callable[[Path], Iterator[str]]

# What each package may import beside itself and the standard library; None is anything at all.
MAY_IMPORT: dict[str, set[str] | None] = {
    "sequencer": {"holidays", "simpy"},
    "sim": {"sequencer", "simpy"},
    "realtime": {"sequencer", "simpy", "pysnmp", "asyncssh", "aiohttp"},
    "teiden": None,
}
# The sequencer's only clock is env.now, and nothing in it happens by chance or by itself.
NOT_IN_THE_SEQUENCER = {"asyncio", "time", "random", "secrets", "socket", "threading", "multiprocessing"}
ASKS_THE_TIME = {"now", "utcnow", "today"}
LONGEST_FILE = 400

IN_A_LOCK_FILE_NAMES_A_HOST = re.compile(r"^--|https?://|file:")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(
    r"""\]\(\s*<?([^)>\s]+)[^)]*\)|^\[[^\]]+\]:\s+(\S+)|(?:src|href)="([^"]+)\"""", re.MULTILINE
)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


# Python ---------------------------------------------------------------------------------------------------


def imports_follow_the_arrows(root: Path) -> Iterator[str]:
    """teiden -> {sim, realtime} -> sequencer -> simpy; the rooms never meet."""
    bound = {package: allowed for package, allowed in MAY_IMPORT.items() if allowed is not None}
    for path, tree in modules(root, *bound):
        package = path.relative_to(root).parts[0]
        allowed = bound[package]
        for name, line in imports(tree):
            if name not in sys.stdlib_module_names | allowed | {package}:
                yield f"{path.relative_to(root)}:{line}: {package} may not import {name}"


def the_sequencer_knows_no_clock_but_its_own(root: Path) -> Iterator[str]:
    """No clock, chance, thread or socket in sequencer/; types of date and time are welcome."""
    for path, tree in modules(root, "sequencer"):
        for name, line in imports(tree):
            if name in NOT_IN_THE_SEQUENCER:
                yield f"{path.relative_to(root)}:{line}: the sequencer may not import {name}"
        calendars = {"datetime", "date", *other_names_of("datetime", tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ASKS_THE_TIME and owner(node) in calendars:
                yield f"{path.relative_to(root)}:{node.lineno}: .{node.attr} asks the time; use a WallPort"


def owner(node: ast.Attribute) -> str:
    """`datetime` in `datetime.now` and in `datetime.datetime.now`; `env` in `run.env.now`."""
    return node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")


def other_names_of(module: str, tree: ast.Module) -> Iterator[str]:
    """What a file calls a module, and what it took from it, where it gave them names of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.asname for alias in node.names if alias.name == module and alias.asname)
        elif isinstance(node, ast.ImportFrom) and node.module == module:
            yield from (alias.asname for alias in node.names if alias.asname)


def packages_open_without_loading_anything(root: Path) -> Iterator[str]:
    """An `__init__` that imports makes `teiden --help` pay for what it does not use."""
    for path in paths(root, *MAY_IMPORT):
        if path.name == "__init__.py":
            tree = parsed(path)
            for name, line in imports(ast.Module([node for node in tree.body if is_import(node)], [])):
                if name not in sys.stdlib_module_names:
                    yield f"{path.relative_to(root)}:{line}: a package's __init__ may not import {name}"


def files_say_what_they_are_and_stay_short(root: Path) -> Iterator[str]:
    for path in paths(root, *MAY_IMPORT, "tests", "benchmarks", ".ci", "bootstrap.py"):
        source = path.read_bytes()
        if not begins_with_a_docstring(source):
            yield f"{path.relative_to(root)}:1: the first line should say what this file is (a docstring)"
        if (lines := len(source.splitlines())) > LONGEST_FILE:
            yield f"{path.relative_to(root)}:{lines}: over {LONGEST_FILE} lines; look for the second idea"


def begins_with_a_docstring(source: bytes) -> bool:
    """In its very first line. Only that is taken apart, because every file there is gets asked."""
    words = tokenize.tokenize(io.BytesIO(source).readline)
    _encoding, first, after = next(words), next(words), next(words, None)
    if first.type != tokenize.STRING or first.start != (1, 0) or after is None:
        return False
    alone = after.type in (tokenize.NEWLINE, tokenize.COMMENT)
    return alone and ast.get_docstring(ast.parse(first.string)) is not None


def no_packages_among_the_tests(root: Path) -> Iterator[str]:
    """With --import-mode=importlib two test files may have the same name, and none shadows a package."""
    for path in sorted((root / "tests").rglob("__init__.py")):
        yield f"{path.relative_to(root)}:1: tests/ has no __init__.py"


def modules(root: Path, *places: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in paths(root, *places):
        yield path, parsed(path)


def paths(root: Path, *places: str) -> Iterator[Path]:
    for place in places:
        start = root / place
        yield from sorted(start.rglob("*.py")) if start.is_dir() else [start] if start.exists() else []


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), filename=str(path))


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Top-level names of everything imported anywhere in a file, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).partition(".")[0], node.lineno


def is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


# Documents ------------------------------------------------------------------------------------------------


def links_lead_somewhere(root: Path) -> Iterator[str]:
    """Relative links, pictures and anchors in every Markdown file; what lies on other hosts is not asked."""
    for path in documents(root):
        text = without_code(path.read_text(encoding="utf-8"))
        for match in LINK.finditer(text):
            target = unquote(next(group for group in match.groups() if group is not None))
            if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
                continue
            line = text.count("\n", 0, match.start()) + 1
            if reason := leads_nowhere(root, path, target):
                yield f"{path.relative_to(root)}:{line}: {target}: {reason}"


def leads_nowhere(root: Path, document: Path, target: str) -> str | None:
    name, _, anchor = target.partition("#")
    found = (document.parent / name).resolve() if name else document
    if not found.is_relative_to(root):
        return "leads out of the project"
    if not found.exists():
        return "no such file"
    if anchor and found.suffix == ".md" and anchor not in anchors(found):
        return "no such heading"
    return None


def documents(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*.md")):
        if not any(part.startswith(".") for part in path.relative_to(root).parts):
            yield path


def without_code(text: str) -> str:
    """Blank out code, where brackets are no links, and keep the line numbers."""
    return CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def anchors(document: Path) -> set[str]:
    """Names that GitHub gives the headings of a document."""
    text = re.sub(
        r"^(```|~~~).*?^\1", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    names: Counter[str] = Counter()
    for heading in HEADING.findall(text):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        names[name] += 1
    return {name if nth == 0 else f"{name}-{nth}" for name, times in names.items() for nth in range(times)}


# Lock files -----------------------------------------------------------------------------------------------


def locks_name_no_host(root: Path) -> Iterator[str]:
    """A lock says what, by hash; where from is the business of whoever installs."""
    for path in sorted(root.glob("*.lock")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if IN_A_LOCK_FILE_NAMES_A_HOST.search(line):
                yield f"{path.relative_to(root)}:{number}: names a host or an option: {line.strip()}"


RULES: tuple[Rule, ...] = (
    imports_follow_the_arrows,
    the_sequencer_knows_no_clock_but_its_own,
    packages_open_without_loading_anything,
    files_say_what_they_are_and_stay_short,
    no_packages_among_the_tests,
    links_lead_somewhere,
    locks_name_no_host,
)


def main() -> int:
    offences = [offence for rule in RULES for offence in rule(ROOT)]
    print("\n".join(offences) if offences else f"{len(RULES)} house rules hold")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
