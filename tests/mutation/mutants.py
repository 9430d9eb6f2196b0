"""The mutants of the lab's honest protocol handler: every place where an operator fits, each with the whole changed source."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .operators import Change, dropped, of_expression, returned

LAB = Path(__file__).parents[2] / "conformance" / "lab"
HONEST = (
    *("accounts", "authenticator", "calls", "codes", "email_routes", "entry_routes", "factors", "letters", "messages"),
    *("method_routes", "replies", "reset_routes", "rules", "second_factor", "server", "settings_routes"),
    *("token_routes", "totp_routes", "user_routes"),
)
"""The modules that judge and answer calls where nothing is seeded."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `line` counts from 1, `where` is the function or class around it, `before` and `after` are source text,
    `source` is the changed module's."""

    module: str
    line: int
    column: int
    kind: str
    where: str
    before: str
    after: str
    source: str

    @property
    def id(self) -> str:
        return f"{self.module}:{self.line}:{self.column}:{self.kind}:{one_line(self.after)}"

    @property
    def key(self) -> str:
        """The lines before and after, wherever in their module they stand."""
        lines = self.diff().splitlines()
        old, new = (one_line(" ".join(line[1:] for line in lines if line.startswith(sign))) for sign in "-+")
        return f"{self.module}: {old} => {new}"

    def diff(self) -> str:
        """The lines that differ, without others."""
        old, new = source_of(self.module).splitlines(), self.source.splitlines()
        lines = list(difflib.unified_diff(old, new, lineterm="", n=0))
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def one_line(text: str) -> str:
    return " ".join(text.split())


def source_of(module: str) -> str:
    return (LAB / f"{module}.py").read_text(encoding="utf-8")


def all_mutants() -> list[Mutant]:
    return [mutant for module in HONEST for mutant in mutants(module, source_of(module))]


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Each change of a module once, in the order of its places."""
    encoded, starts = source.encode(), [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    seen = set()
    for where, (kind, node, text) in places(ast.parse(source), "", set(), ""):
        assert isinstance(node, (ast.expr, ast.stmt))
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        begin, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
        before = encoded[begin:end].decode()
        after = f"({text})" if isinstance(node, ast.expr) and not isinstance(node, ast.Constant) else text
        if (begin, end, after) not in seen and before not in (after, text):
            seen.add((begin, end, after))
            changed = (encoded[:begin] + after.encode() + encoded[end:]).decode()
            yield Mutant(module, node.lineno, node.col_offset, kind, where, before, after, changed)


def places(node: ast.AST, where: str, bound: set[str], promised: str) -> Iterator[tuple[str, Change]]:
    """The changes in a node and below it: not in types, decorators, docstrings and texts with expressions in them.
    `bound` are the names that the function around has given a value so far, `promised` is the type of its result."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        where = f"{where}.{node.name}" if where else node.name
    if isinstance(node, Function):
        promised = ast.unparse(node.returns) if node.returns else ""
        bound = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    if isinstance(node, ast.stmt):
        yield from ((where, change) for change in dropped(node, bound))
    if isinstance(node, ast.Return):
        yield from ((where, change) for change in returned(node, promised))
    yield from ((where, change) for change in of_expression(node))
    for child in mutable(node):
        yield from places(child, where, bound, promised)
    if isinstance(node, ast.Assign):
        bound |= {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def mutable(node: ast.AST) -> Iterator[ast.AST]:
    """The children in which something may be changed."""
    match node:
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return
        case ast.Subscript(value=ast.Name(id="Literal" | "Callable" | "Mapping" | "tuple" | "dict")):
            return
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return
        case ast.AnnAssign():
            yield from [node.value] if node.value else []
        case ast.arguments():
            yield from (value for value in (*node.defaults, *node.kw_defaults) if value)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.args
            yield from node.body
        case ast.ClassDef():
            yield from node.body
        case _:
            yield from ast.iter_child_nodes(node)
