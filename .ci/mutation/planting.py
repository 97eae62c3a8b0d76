"""Puts a mutant into the running program: the code of the live function is exchanged, wherever it is known.

So everybody who has imported the function calls the mutant, and nothing is loaded anew. Done in a
child process, which ends with its mutant.
"""

import ast
import gc
from collections import defaultdict
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FunctionType

from mutation.operators import Mutant


class Garden:
    """The live functions of some files. Made once, when everything is loaded and nothing is frozen."""

    def __init__(self, root: Path, paths: list[str]) -> None:
        files = {str(root / path) for path in paths}
        self._live: defaultdict[CodeType, list[FunctionType]] = defaultdict(list)
        self._caches: list[_lru_cache_wrapper[object]] = []
        gc.unfreeze()
        for thing in gc.get_objects():
            if type(thing) is FunctionType and thing.__code__.co_filename in files:
                self._live[thing.__code__].append(thing)
            elif type(thing) is _lru_cache_wrapper:
                self._caches.append(thing)
        gc.freeze()

    def plant(self, root: Path, tree: ast.Module, mutant: Mutant) -> bool:
        """Whether there is a live function to be exchanged."""
        file, site = str(root / mutant.path), mutant.site
        old = compile(tree, file, "exec", dont_inherit=True)
        site.put(mutant.node)
        new = compile(tree, file, "exec", dont_inherit=True)
        site.put(site.node)
        found = False
        for one, other in pairs(old, new):
            if one != other and one in self._live:
                for function in self._live[one]:
                    function.__code__ = other
                    found = True
        for cache in self._caches:
            cache.cache_clear()
        return found


def pairs(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The outermost functions of both, in the order in which they are written."""
    return zip(functions(old), functions(new), strict=True)


def functions(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if is_class(constant):
                yield from functions(constant)
            else:
                yield constant


def is_class(code: CodeType) -> bool:
    return "__qualname__" in code.co_names and not code.co_flags & 0x2  # CO_NEWLOCALS: a function's
