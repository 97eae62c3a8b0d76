"""Which mistakes are made: every place of a file's functions at which one small thing can be told otherwise.

Texts, annotations and what a module computes when it is loaded are left alone: nobody calls a
changed word a mistake, and the numbers of a site are its own.
"""

import ast
import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Outer = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True)
class Site:
    """One node of the tree, and where it hangs."""

    node: ast.AST
    parent: ast.AST
    name: str
    """The field of the parent."""
    index: int | None
    """Its place there, if that is a list."""
    outer: Outer
    """The outermost function around it: what is exchanged in the running program."""
    place: str
    """The function that a person would name: `Turns.turn`."""
    statement: ast.stmt

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.index] = node


@dataclass(frozen=True)
class Mutant:
    path: str
    line: int
    end_line: int
    place: str
    operator: str
    before: str
    after: str
    """The whole line of the statement, with the change in it."""
    nth: int = 0
    """Of those that read alike in one place."""
    site: Site = field(compare=False, repr=False, kw_only=True)
    node: ast.AST = field(compare=False, repr=False, kw_only=True)

    @property
    def id(self) -> str:
        """The same as long as its function is not rewritten, whatever stands above it."""
        again = f" ({self.nth + 1})" if self.nth else ""
        return f"{self.path} {self.place}: {self.before} -> {self.after}{again}"


def mutants(source: str, path: str) -> tuple[ast.Module, list[Mutant]]:
    """The tree, and every mutant of it in the order of the file."""
    tree = ast.parse(source)
    found: list[Mutant] = []
    counts: dict[tuple[str, str, str], int] = {}
    for site in sites(tree):
        before = line_of(site.statement)
        for operator, make in OPERATORS.items():
            for made in make(site):
                node = copy.deepcopy(made)  # what it shares with the tree must stay where it is
                ast.copy_location(node, site.node if hasattr(site.node, "lineno") else site.statement)
                ast.fix_missing_locations(node)
                after = changed_line(site, node)
                if after == before:
                    continue
                key = (site.place, before, after)
                nth = counts[key] = counts.get(key, -1) + 1
                line, end = span(site)
                found.append(
                    Mutant(path, line, end, site.place, operator, before, after, nth, site=site, node=node)
                )
    return tree, found


def span(site: Site) -> tuple[int, int]:
    node: Any = site.node.pattern if isinstance(site.node, ast.match_case) else site.node
    return node.lineno, node.end_lineno or node.lineno


def changed_line(site: Site, node: ast.AST) -> str:
    if site.node is site.statement:
        return "" if isinstance(node, ast.Pass) else line_of(node)
    site.put(node)
    try:
        return line_of(site.statement)
    finally:
        site.put(site.node)


def line_of(statement: ast.AST) -> str:
    """A statement in one line; of one that has others in it only its head."""
    head = copy.copy(statement)
    for block in ("body", "orelse", "finalbody", "handlers"):
        if isinstance(getattr(head, block, None), list):
            setattr(head, block, [])
    if isinstance(head, ast.Match):
        head.cases = [ast.match_case(c.pattern, c.guard, [ast.Pass()]) for c in head.cases]
    return " ".join(ast.unparse(head).split())


# Places


BLOCKS = (ast.If, ast.While, ast.For, ast.With, ast.Try, ast.Match)
LEFT_ALONE = {"annotation", "returns", "decorator_list", "args", "type_comment"}


def sites(tree: ast.Module) -> Iterator[Site]:
    yield from _inside(tree, None, "", None)


def _inside(node: ast.AST, outer: Outer | None, place: str, statement: ast.stmt | None) -> Iterator[Site]:
    for name, value in ast.iter_fields(node):
        if name in LEFT_ALONE and not (name == "args" and isinstance(node, ast.Call)):
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
                continue
            around = child if isinstance(child, ast.stmt) else statement
            if outer is not None and around is not None and not _is_docstring(child):
                yield Site(child, node, name, index, outer, place, around)
            inner, named = outer, place
            if isinstance(child, ast.FunctionDef | ast.Lambda):
                inner = outer or child
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                named = f"{place}.{child.name}".lstrip(".")
            yield from _inside(child, inner, named, around)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


# Mistakes

Operator = Callable[[Site], Iterable[ast.AST]]
OTHER: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE,),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE,),
    ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
TWINS = {"min": "max", "max": "min", "any": "all", "all": "any"}
TWIN_METHODS = {
    "issuperset": "issubset",
    "issubset": "issuperset",
    "intersection": "union",
    "union": "intersection",
    "add": "discard",
    "discard": "add",
}
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


def negated_condition(site: Site) -> Iterator[ast.AST]:
    """`if a` becomes `if not a`; also in `while`, in `a if b else c` and behind a comprehension's `if`."""
    is_test = site.name == "test" and isinstance(site.parent, ast.If | ast.While | ast.IfExp)
    is_filter = site.name == "ifs" and isinstance(site.parent, ast.comprehension)
    if (is_test or is_filter) and isinstance(site.node, ast.expr) and not _is_true(site.node):
        inner = site.node
        negated = isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.Not)
        if not negated and not isinstance(inner, ast.Compare):  # those are turned round below
            yield ast.UnaryOp(ast.Not(), inner)


def _is_true(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def other_comparison(site: Site) -> Iterator[ast.AST]:
    """A bound that is off by one, or the opposite."""
    if isinstance(site.node, ast.Compare):
        for n, op in enumerate(site.node.ops):
            for other in (*OTHER[type(op)], *_opposite(op)):
                ops = [*site.node.ops]
                ops[n] = other()
                yield ast.Compare(site.node.left, ops, site.node.comparators)


def _opposite(op: ast.cmpop) -> tuple[type[ast.cmpop], ...]:
    opposite: dict[type[ast.cmpop], type[ast.cmpop]] = {
        ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt,
    }  # fmt: skip
    return (opposite[type(op)],) if type(op) in opposite else ()


def other_logic(site: Site) -> Iterator[ast.AST]:
    """`and` for `or`, and each part left out; a `not` left out."""
    if isinstance(site.node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(site.node.op, ast.And) else ast.And(), site.node.values)
        for n in range(len(site.node.values)):
            rest = [value for m, value in enumerate(site.node.values) if m != n]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(site.node.op, rest)
    if isinstance(site.node, ast.UnaryOp) and isinstance(site.node.op, ast.Not):
        yield site.node.operand


def other_constant(site: Site) -> Iterator[ast.AST]:
    """True for False, numbers one more and one less, another rule in a refusal."""
    if not isinstance(site.node, ast.Constant):
        return
    value = site.node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, str) and site.index == 0 and _calls(site.parent, "Refusal"):
        yield ast.Constant("S0")


def other_sum(site: Site) -> Iterator[ast.AST]:
    """`+` for `-`, `*` for `/`, `|` for `&`, and a minus left out."""
    if isinstance(site.node, ast.BinOp) and type(site.node.op) in SUMS:
        yield ast.BinOp(site.node.left, SUMS[type(site.node.op)](), site.node.right)
    if isinstance(site.node, ast.AugAssign) and type(site.node.op) in SUMS:
        yield ast.AugAssign(site.node.target, SUMS[type(site.node.op)](), site.node.value)


def other_function(site: Site) -> Iterator[ast.AST]:
    """`any` for `all`, `min` for `max`, a set's methods for each other."""
    if not isinstance(site.node, ast.Call):
        return
    call, function = site.node, site.node.func
    if isinstance(function, ast.Name) and function.id in TWINS:
        yield ast.Call(ast.Name(TWINS[function.id], ast.Load()), call.args, call.keywords)
    if isinstance(function, ast.Attribute) and function.attr in TWIN_METHODS:
        twin = ast.Attribute(function.value, TWIN_METHODS[function.attr], ast.Load())
        yield ast.Call(twin, call.args, call.keywords)


def guard_left_out(site: Site) -> Iterator[ast.AST]:
    """A call of a guard says yes: None."""
    if isinstance(site.node, ast.Call):
        function = site.node.func
        of_guards = isinstance(function, ast.Attribute) and _is_name(function.value, "guards")
        own = isinstance(function, ast.Name | ast.Attribute) and _name(function).startswith("refusal")
        if of_guards or own or _calls(site.node, "guard"):
            yield ast.Constant(None)


def swapped_arguments(site: Site) -> Iterator[ast.AST]:
    """Two neighbours among a call's arguments change places."""
    if isinstance(site.node, ast.Call) and not any(isinstance(a, ast.Starred) for a in site.node.args):
        args = [] if _calls(site.node, "min") or _calls(site.node, "max") else site.node.args
        for n in range(len(args) - 1):
            if not any(isinstance(a, ast.JoinedStr | ast.Constant) for a in args[n : n + 2]):
                swapped = [*args[:n], args[n + 1], args[n], *args[n + 2 :]]
                yield ast.Call(site.node.func, swapped, site.node.keywords)


def statement_left_out(site: Site) -> Iterator[ast.AST]:
    """A call, a return before the end, an assignment to something that others see, a jump."""
    node = site.node
    if isinstance(node, ast.Expr) and not _is_docstring(node):
        yields = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(node))
        # A function must stay what it is: with its only `yield` gone it would be no generator.
        yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load()))) if yields else ast.Pass()
    elif isinstance(node, ast.Return) and _returns_nothing(node) and _is_last(site):
        return  # it says what happens anyway
    elif isinstance(node, ast.Return | ast.Break | ast.Continue | ast.AugAssign) or _is_seen(node):
        yield ast.Pass()
    elif isinstance(node, ast.match_case):
        yield ast.match_case(node.pattern, ast.Constant(False), node.body)


def _returns_nothing(node: ast.Return) -> bool:
    return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)


def _is_last(site: Site) -> bool:
    body = getattr(site.parent, site.name)
    return isinstance(site.parent, ast.FunctionDef) and site.index == len(body) - 1


def _is_seen(node: ast.AST) -> bool:
    """An assignment to what others see; without one to a name of its own a function hardly runs."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and _is_name(node.func, name)


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


OPERATORS: dict[str, Operator] = {
    "condition": negated_condition,
    "comparison": other_comparison,
    "logic": other_logic,
    "constant": other_constant,
    "sum": other_sum,
    "function": other_function,
    "guard": guard_left_out,
    "arguments": swapped_arguments,
    "statement": statement_left_out,
}
