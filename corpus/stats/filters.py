"""``--where``: conditions such as ``lang == "kk" and date >= "2022-01-01"`` become polars expressions, safely.

The text is parsed by Python's own parser and only the few forms below are accepted; nothing is ever evaluated. A
comparison with a missing value is false, so that ``field != "x"`` is exactly ``not (field == "x")``.
"""

from __future__ import annotations

import ast
import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.errors import MinberError

Value = str | int | float | bool | None

_NULL = ("null", "none", "None")
_IS_NULL = re.compile(r"\bis\s+(not\s+)?(?:null|none)\b", re.IGNORECASE)
_TEXTS = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_ORDERS: dict[type[ast.cmpop], Callable[[pl.Expr, Any], pl.Expr]] = {
    ast.Lt: pl.Expr.lt,
    ast.LtE: pl.Expr.le,
    ast.Gt: pl.Expr.gt,
    ast.GtE: pl.Expr.ge,
}
_MIRROR: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.Gt(),
    ast.LtE: ast.GtE(),
    ast.Gt: ast.Lt(),
    ast.GtE: ast.LtE(),
}
_FUNCTIONS = ("contains", "startswith", "endswith", "glob")


@dataclass(frozen=True)
class Condition:
    """A parsed condition.

    Attributes:
        text: as it was written.
        expression: true or false for each row, never null.
        fields: names of the columns it looks at.
    """

    text: str
    expression: pl.Expr
    fields: frozenset[str]


def parse_condition(text: str, fields: Mapping[str, pl.DataType | type[pl.DataType]]) -> Condition:
    """Turn a condition into a polars expression.

    Parameters:
        text: ``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``in [...]``, ``not in [...]``, ``and``, ``or``, ``not``,
            parentheses, ``is null``, ``is not null``, and ``contains``, ``startswith``, ``endswith``, ``glob`` as
            ``glob(title, "*реформа*")`` (or ``title.glob("…")``; both without regard to case). A date may be given
            as a day, a month or a year, which then means the whole of it.
        fields: the fields that may be named, with their types.

    Returns:
        the condition.

    Raises:
        MinberError: MB501 unknown field, MB502 not understood, MB503 a value of the wrong type.

    Example:
        >>> documents = pl.DataFrame({"lang": ["kk", "ru"], "date": [dt.date(2021, 5, 1), dt.date(2022, 5, 1)]})
        >>> documents.filter(parse_condition('date >= "2022"', documents.schema).expression)["lang"].to_list()
        ['ru']
    """
    parser = _Parser(text, fields)
    expression = parser.condition(parser.tree())
    return Condition(text, expression, frozenset(parser.used))


class _Docvars(ast.NodeTransformer):
    """Takes ``docvars.party`` and ``docvars["party name"]`` for the names of fields."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and (node.value.id == "docvars" or node.value.id.startswith("docvars.")):
            if node.attr in _FUNCTIONS:
                return node
            return ast.Name(f"{node.value.id}.{node.attr}", ast.Load())
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        key = node.slice
        if isinstance(node.value, ast.Name) and node.value.id == "docvars" and isinstance(key, ast.Constant):
            return ast.Name("docvars." + str(key.value), ast.Load())
        return node


class _Parser:
    def __init__(self, text: str, fields: Mapping[str, pl.DataType | type[pl.DataType]]) -> None:
        self.text = text
        self.fields = fields
        self.used: set[str] = set()

    def tree(self) -> ast.expr:
        # «is null» is not Python: it is rewritten outside of quoted texts only
        pieces, last = [], 0
        for quoted in _TEXTS.finditer(self.text):
            pieces += [_IS_NULL.sub(_is_none, self.text[last : quoted.start()]), quoted.group()]
            last = quoted.end()
        pieces.append(_IS_NULL.sub(_is_none, self.text[last:]))
        try:
            parsed: ast.expr = _Docvars().visit(ast.parse("".join(pieces).strip(), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self.broken(self.likely_cause(error)) from None
        return parsed

    def likely_cause(self, error: BaseException) -> str:
        bare = _TEXTS.sub("", self.text)
        if not bare.strip() and not self.text.strip():
            return "it is empty"
        if re.search(r"(?<![=!<>])=(?!=)", bare):
            return "a single = stands where == is meant"
        if found := re.search(r"\b(AND|OR|NOT|IN)\b", bare):
            return f"{found.group()} must be written in small letters"
        if isinstance(error, SyntaxError) and error.offset:
            return f"near character {error.offset}"
        return "it is not a condition"

    def broken(self, problem: str) -> MinberError:
        return MinberError("MB502", expression=self.text, problem=problem)

    def condition(self, node: ast.expr) -> pl.Expr:
        if isinstance(node, ast.BoolOp):
            parts = [self.condition(value) for value in node.values]
            return pl.all_horizontal(parts) if isinstance(node.op, ast.And) else pl.any_horizontal(parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return ~self.condition(node.operand)
        if isinstance(node, ast.Compare):
            left, parts = node.left, []
            for operator, right in zip(node.ops, node.comparators, strict=True):
                parts.append(self.comparison(left, operator, right))
                left = right
            return pl.all_horizontal(parts) if len(parts) > 1 else parts[0]
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Name) and self.type_of(node.id) == pl.Boolean:
            return pl.col(node.id).fill_null(False)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
            raise self.broken("write «and» and «or» for & and |")
        raise self.broken(f"«{ast.unparse(node)}» is not a condition")

    def comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> pl.Expr:
        if (
            not isinstance(left, ast.Name)
            and isinstance(right, ast.Name)
            and not isinstance(operator, ast.In | ast.NotIn)
        ):
            left, right, operator = right, left, _MIRROR.get(type(operator), operator)
        if not isinstance(left, ast.Name):
            raise self.broken(f"«{ast.unparse(left)}» stands where a field is expected")
        if isinstance(operator, ast.In | ast.NotIn) and not isinstance(right, ast.List | ast.Tuple | ast.Set):
            if isinstance(right, ast.Constant):
                raise self.broken(f"the values after «in» stand in brackets: [{ast.unparse(right)}]")
            raise self.broken(f"«{ast.unparse(right)}» is not a list of values")
        field = left.id
        self.type_of(field)
        if isinstance(operator, ast.In | ast.NotIn):
            assert isinstance(right, ast.List | ast.Tuple | ast.Set)  # noqa: S101 -- checked above, for the type checker
            inside = pl.any_horizontal([self.equals(field, self.value(item)) for item in right.elts] or [pl.lit(False)])
            return ~inside if isinstance(operator, ast.NotIn) else inside
        value = self.value(right)
        if isinstance(operator, ast.Is | ast.IsNot):
            if value is not None:
                raise self.broken(f"«is» is for null only; write == for «{ast.unparse(right)}»")
            return pl.col(field).is_null() if isinstance(operator, ast.Is) else pl.col(field).is_not_null()
        if isinstance(operator, ast.Eq):
            return self.equals(field, value)
        if isinstance(operator, ast.NotEq):
            return ~self.equals(field, value)
        if value is None:
            raise self.broken("null has no order; write «is null» or «is not null»")
        if self.type_of(field).is_temporal():
            first, last = self.period(field, value)
            value_or_date: object = last if isinstance(operator, ast.Gt | ast.LtE) else first
        else:
            value_or_date = self.typed(field, value)
        return _ORDERS[type(operator)](self.column(field), value_or_date).fill_null(False)

    def call(self, node: ast.Call) -> pl.Expr:
        arguments = list(node.args)
        if isinstance(node.func, ast.Attribute):
            name, arguments = node.func.attr, [node.func.value, *arguments]
        elif isinstance(node.func, ast.Name):
            name = node.func.id
        else:
            name = ""
        if name not in _FUNCTIONS or node.keywords:
            raise self.broken(f"«{ast.unparse(node.func)}» is unknown; there are {', '.join(_FUNCTIONS)}")
        if len(arguments) != 2 or not isinstance(arguments[0], ast.Name):
            raise self.broken(f'{name} takes a field and a text: {name}(title, "…")')
        field, value = arguments[0].id, self.value(arguments[1])
        self.type_of(field)
        if not isinstance(value, str):
            raise self.broken(f"{name} takes a text in quotes")
        text = pl.col(field).cast(pl.String).str.to_lowercase()
        wanted = value.lower()
        found = {
            "contains": lambda: text.str.contains(wanted, literal=True),
            "startswith": lambda: text.str.starts_with(wanted),
            "endswith": lambda: text.str.ends_with(wanted),
            "glob": lambda: text.str.contains(glob_to_regex(wanted)),
        }[name]()
        return found.fill_null(False)

    def type_of(self, field: str) -> pl.DataType:
        if field not in self.fields:
            raise MinberError("MB501", self.text, field=field, option="--where", known=", ".join(self.fields))
        self.used.add(field)
        kind = self.fields[field]
        return kind() if isinstance(kind, type) else kind

    def value(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | bool | None):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            number = node.operand.value
            if isinstance(number, int | float):
                return -number
        if isinstance(node, ast.Name):
            if node.id.lower() in _NULL:
                return None
            if node.id in ("true", "false"):
                return node.id == "true"
            if node.id not in self.fields:
                raise self.broken(f'«{node.id}» must stand in quotes: "{node.id}"')
            raise self.broken(f"a field is compared with a value, not with another field («{node.id}»)")
        raise self.broken(f"«{ast.unparse(node)}» is not a value")

    def equals(self, field: str, value: Value) -> pl.Expr:
        if value is None:
            return pl.col(field).is_null()
        if self.type_of(field).is_temporal():
            first, last = self.period(field, value)
            return self.column(field).is_between(first, last).fill_null(False)
        return pl.col(field).eq(self.typed(field, value)).fill_null(False)

    def column(self, field: str) -> pl.Expr:
        return pl.col(field).cast(pl.Date) if self.type_of(field).is_temporal() else pl.col(field)

    def typed(self, field: str, value: Value) -> object:
        kind = self.type_of(field)
        if kind == pl.Unknown:  # of docvars, before the corpus is read
            return value
        if kind == pl.Boolean:
            if isinstance(value, bool):
                return value
        elif kind.is_numeric():
            if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
                return float(value)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return value
        elif isinstance(value, str):
            return value
        elif kind == pl.String and isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise MinberError(
            "MB503", self.text, value=repr(value), field=field, type=_TYPE_NAMES.get(str(kind), str(kind))
        )

    def period(self, field: str, value: Value) -> tuple[dt.date, dt.date]:
        """The first and the last day of what a day, month or year names."""
        text = str(value)
        found = _DATE.fullmatch(text.strip()) if isinstance(value, str | int) else None
        try:
            if not found:
                raise ValueError
            year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
            if day:
                return dt.date(year, month, day), dt.date(year, month, day)
            if month:
                return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        except ValueError:
            raise MinberError("MB503", self.text, value=repr(value), field=field, type="a date") from None


_TYPE_NAMES = {
    "String": "text",
    "Date": "a date",
    "Boolean": "true or false",
    "Int32": "a number",
    "Int64": "a number",
    "Float64": "a number",
}


def glob_to_regex(pattern: str) -> str:
    """Write a glob (``*`` any characters, ``?`` one) as a regular expression of polars for a whole text.

    Parameters:
        pattern: the glob; brackets stand for themselves, as in quanteda.

    Returns:
        the regular expression, anchored at both ends.

    Example:
        >>> glob_to_regex("реформа*")
        '(?s)^реформа.*$'
    """
    parts = [{"*": ".*", "?": "."}.get(part, _escape(part)) for part in re.split(r"([*?])", pattern)]
    return f"(?s)^{''.join(parts)}$"


def _escape(text: str) -> str:
    return re.sub(r"([.^$*+?{}\[\]\\|()#&~\-])", r"\\\1", text)


def _is_none(match: re.Match[str]) -> str:
    return "is not None" if match[1] else "is None"
