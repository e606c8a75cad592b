"""Size, names and docstrings of the package; limits are raised by the size of a feature alone."""

from __future__ import annotations

import ast
import collections
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import sokkuri

SOURCE = Path(sokkuri.__file__).parent

LINES = 44_000
FILES = 258
GERUNDS = 2
CLASSES_TWICE = 0
DOCSTRINGS = {
    "has none": 0,
    "begins with a relative clause": 0,
    "lists no parameters": 0,
    "says no shape": 0,
    "says nothing of what is raised": 0,
}
"""Faults of each kind that are left in docstrings."""

CLAUSE = re.compile(r"(What|How|Where|Whether)\b")
ARRAY = re.compile(r"ndarray|NDArray|\bCodes\b|\bPixels\b")
NOT_ERRORS = {"NotImplementedError", "AssertionError", "StopIteration"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A file of the package."""

    name: str
    lines: int
    tree: ast.Module


@cache
def modules() -> list[Module]:
    """Read all files of the package."""
    found = []
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        name = file.relative_to(SOURCE).as_posix()
        found.append(Module(name, text.count("\n"), ast.parse(text)))
    return found


def listed(faults: list[str], limit: int) -> str:
    return "\n".join([f"{len(faults)} faults, at most {limit} are allowed:", *faults])


def test_the_package_is_no_larger() -> None:
    assert sum(module.lines for module in modules()) <= LINES
    assert len(modules()) <= FILES


def test_files_and_functions_stay_small() -> None:
    long = [f"{each.name}: {each.lines} lines" for each in modules() if each.lines > 400]
    for module in modules():
        functions = (node for node in ast.walk(module.tree) if isinstance(node, Function))
        long.extend(
            f"{module.name}: {function.name} has {body_lines(function)} lines"
            for function in functions
            if body_lines(function) > 40
        )
    assert not long


def body_lines(function: Function) -> int:
    """Count the lines of a function below its docstring."""
    documented = ast.get_docstring(function) is not None and len(function.body) > 1
    first = function.body[1 if documented else 0]
    return (function.end_lineno or 0) - first.lineno + 1


def test_modules_are_named_by_nouns_or_verbs() -> None:
    faults = [module.name for module in modules() if module.name.endswith("ing.py")]
    assert len(faults) <= GERUNDS, listed(faults, GERUNDS)


def test_no_two_modules_name_a_class_alike() -> None:
    homes = collections.defaultdict(set)
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                homes[node.name].add(module.name)
    faults = [f"{name}: {', '.join(sorted(at))}" for name, at in homes.items() if len(at) > 1]
    assert len(faults) <= CLASSES_TWICE, listed(faults, CLASSES_TWICE)


@pytest.mark.parametrize("kind", DOCSTRINGS)
def test_docstrings_say_what_a_caller_needs(kind: str) -> None:
    faults = [
        f"{module.name}:{node.lineno if not isinstance(node, ast.Module) else 1}"
        for module in modules()
        for node, fault in docstring_faults(module.tree)
        if fault == kind
    ]
    assert len(faults) <= DOCSTRINGS[kind], listed(faults, DOCSTRINGS[kind])


def docstring_faults(
    tree: ast.Module,
) -> Iterator[tuple[ast.Module | ast.ClassDef | Function, str]]:
    """Yield each module, class and public function with a fault of its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef) and CLAUSE.match(
            ast.get_docstring(node) or ""
        ):
            yield node, "begins with a relative clause"
    for function in public_functions(tree):
        doc = ast.get_docstring(function)
        if not doc:
            yield function, "has none"
        else:
            for fault in function_faults(function, doc):
                yield function, fault


def public_functions(node: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """Yield the functions and methods without an underscore; of overloads, the body."""
    for inner in node.body:
        if isinstance(inner, ast.ClassDef) and not inner.name.startswith("_"):
            yield from public_functions(inner)
        elif isinstance(inner, Function) and not inner.name.startswith("_"):
            decorators = {last_name(each) for each in inner.decorator_list}
            yield from () if decorators & {"overload", "setter"} else (inner,)


def function_faults(function: Function, doc: str) -> Iterator[str]:
    """Yield the faults of a public function's docstring."""
    arguments = function.args
    parameters = [
        each
        for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        if each.arg not in {"self", "cls"}
    ]
    if CLAUSE.match(doc):
        yield "begins with a relative clause"
    if len(parameters) > 1 and not re.search("Parameters\n---|Parameters are those of", doc):
        yield "lists no parameters"
    types = [each.annotation for each in parameters] + [function.returns]
    if "shape" not in doc and any(ARRAY.search(ast.unparse(each)) for each in types if each):
        yield "says no shape"
    if errors_raised(function) and "Raises\n---" not in doc:
        yield "says nothing of what is raised"


def errors_raised(function: Function) -> set[str]:
    """Name the errors that a function itself raises, but not those of functions inside it."""
    found = set()
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            found.add(last_name(node.exc))
        waiting.extend(ast.iter_child_nodes(node))
    return {name for name in found if name[:1].isupper()} - NOT_ERRORS


def last_name(node: ast.expr) -> str:
    """Return the last name of ``a.b.Name`` or ``Name(...)``."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


EXAMPLE = '''
"""Whether this is good."""
class Public:
    """How it looks."""
    def bare(self): ...
    def several(self, a, b):
        """Do it."""
    def array(self, a) -> Codes:
        """Return codes of a certain shape."""
    def array_too(self, a: NDArray[np.uint8]):
        """Take codes."""
    def raising(self):
        """Raise one."""
        if self:
            raise errors.Bad("so")
    def good(self, a, b) -> Codes:
        """Do it all.

        Parameters
        ----------
        a, b : ndarray of shape (N,)

        Raises
        ------
        Bad
            Always.
        """
        raise Bad
    def innocent(self):
        """Make a function that raises, or one that does not exist yet."""
        def inner():
            raise Bad
        raise NotImplementedError
    def _own(self, a, b): ...
class _Private:
    def any(self, a, b): ...
'''


def test_each_fault_of_a_docstring_is_found() -> None:
    tree = ast.parse(EXAMPLE)
    found = [(getattr(node, "name", "the module"), fault) for node, fault in docstring_faults(tree)]
    assert found == [
        ("the module", "begins with a relative clause"),
        ("Public", "begins with a relative clause"),
        ("bare", "has none"),
        ("several", "lists no parameters"),
        ("array_too", "says no shape"),
        ("raising", "says nothing of what is raised"),
    ]
