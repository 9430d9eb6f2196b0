"""Mutation operators: what may be put in place of a node of a syntax tree.

Those that are known to be sufficient (relations, logic, arithmetic, constants, conditions, dropped statements), and three for a
program of values: a dropped keyword argument, a dropped member of a display, and a new state that is not kept.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy

RELATIONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}

Change = tuple[str, ast.AST, str]
"""The operator's name, the node that it changes, and the source text in its place."""


def changed(kind: str, node: ast.AST, **fields: object) -> Change:
    """The node with other fields."""
    other = copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return kind, node, ast.unparse(other)


def without(items: list[ast.expr], index: int) -> list[ast.expr]:
    return [*items[:index], *items[index + 1 :]]


def relations(node: ast.Compare) -> Iterator[Change]:
    for index, operator in enumerate(node.ops):
        for other in RELATIONS[type(operator)]:
            yield changed("relation", node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])


def logic(node: ast.BoolOp) -> Iterator[Change]:
    yield changed("logic", node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for index, operand in enumerate(node.values):
        if not any(isinstance(part, ast.NamedExpr) for part in ast.walk(operand)):
            rest = node.values[:index] + node.values[index + 1 :]
            yield ("logic", node, ast.unparse(rest[0])) if len(rest) == 1 else changed("logic", node, values=rest)


def arithmetic(node: ast.BinOp) -> Iterator[Change]:
    if isinstance(node.op, ast.BitOr):  # of dictionaries and sets
        yield "arithmetic", node, ast.unparse(node.left)
        yield "arithmetic", node, ast.unparse(node.right)
    elif type(node.op) in ARITHMETIC:
        yield changed("arithmetic", node, op=ARITHMETIC[type(node.op)]())


def constants(node: ast.Constant) -> Iterator[Change]:
    match node.value:
        case bool():
            yield "constant", node, str(not node.value)
        case int() | float():
            yield "constant", node, repr(node.value + 1)
        case str():
            yield "constant", node, repr(f"{node.value}x")
        case bytes():
            yield "constant", node, repr(node.value + b"x")


def conditions(node: ast.If | ast.IfExp | ast.While) -> Iterator[Change]:
    yield from forced(node.test)


def filters(node: ast.comprehension) -> Iterator[Change]:
    for condition in node.ifs:
        yield from forced(condition)


def forced(condition: ast.expr) -> Iterator[Change]:
    """A condition that is always so; what it names on the way it still names."""
    text = ast.unparse(condition)
    names = any(isinstance(part, ast.NamedExpr) for part in ast.walk(condition))
    yield "condition", condition, f"({text}) and False" if names else "False"
    yield "condition", condition, f"({text}) or True" if names else "True"


def negations(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not):
        yield "negation", node, ast.unparse(node.operand)


def keywords(node: ast.Call) -> Iterator[Change]:
    for index, keyword in enumerate(node.keywords):
        if keyword.arg:
            yield changed("keyword", node, keywords=[*node.keywords[:index], *node.keywords[index + 1 :]])


def members(node: ast.Tuple | ast.List | ast.Set) -> Iterator[Change]:
    """Displays that take in others: what is put together there may lack one part."""
    if any(isinstance(item, ast.Starred) for item in node.elts):
        for index in range(len(node.elts)):
            yield changed("member", node, elts=without(node.elts, index))


def entries(node: ast.Dict) -> Iterator[Change]:
    for index in range(len(node.keys)):
        keys, values = [*node.keys[:index], *node.keys[index + 1 :]], without(node.values, index)
        yield changed("member", node, keys=keys, values=values)


def dropped(node: ast.stmt, bound: set[str]) -> Iterator[Change]:
    """A statement that is left out, where no name goes missing by that; a new state that is made and not kept."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Expr() | ast.AugAssign():
            yield "statement", node, "pass"
        case ast.Assign(targets=[ast.Name(id=name)]) if name in bound:
            yield "statement", node, "pass"
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=name), *_]) as several]) if name in bound:
            yield changed("state", several, elts=[ast.Name(id="_"), *several.elts[1:]])


def returned(node: ast.Return, promised: str) -> Iterator[Change]:
    """Another result, of a kind that the function may give."""
    if node.value is None or isinstance(node.value, ast.Constant):
        return
    if promised == "bool":
        yield "result", node.value, f"not ({ast.unparse(node.value)})"
    if promised.endswith("| None"):
        yield "result", node.value, "None"


def of_expression(node: ast.AST) -> Iterator[Change]:
    """What may be put in place of an expression, or of a part that belongs to it alone."""
    match node:
        case ast.Compare():
            yield from relations(node)
        case ast.BoolOp():
            yield from logic(node)
        case ast.BinOp():
            yield from arithmetic(node)
        case ast.Constant():
            yield from constants(node)
        case ast.If() | ast.IfExp() | ast.While():
            yield from conditions(node)
        case ast.comprehension():
            yield from filters(node)
        case ast.UnaryOp():
            yield from negations(node)
        case ast.Call():
            yield from keywords(node)
        case ast.Tuple() | ast.List() | ast.Set():
            yield from members(node)
        case ast.Dict():
            yield from entries(node)
