"""Templates: text with expressions, rendered with the values of one target. Pure.

The delimiters are `<<{ expression }>>`, `<<% statement %>>` and `<<# comment #>>`. They occur in no language that
templates are written in, so `${{ … }}`, `{{ … }}`, `[[ … ]]` and `${#a[@]}` are plain text. Every byte outside a
delimiter is kept. The language between them is Jinja2's, in its sandbox, without what differs from run to run.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from action_patterns.errors import InputError, Problem

if TYPE_CHECKING:
    from jinja2 import Template as Compiled
    from jinja2 import Undefined, nodes
    from jinja2.sandbox import SandboxedEnvironment

EXPRESSION, STATEMENT, COMMENT = ("<<{", "}>>"), ("<<%", "%>>"), ("<<#", "#>>")
"""Delimiters, each with its end."""
MAX_TEMPLATE_CHARACTERS = 1_000_000
"""Length of a template. GitHub shows no larger file."""
MAX_RENDERED_CHARACTERS = 10_000_000
MAX_EXPONENT = 64

_BEGIN = re.compile("<<[{%#]")
_TAG = re.compile(r"<<(?:\{.*?\}>>|%.*?%>>|#.*?#>>)", re.DOTALL)
_SPACES = "\x1c\x1d\x1e\x1f\u2028\u2029\u205f\u1680"
"""White space to Jinja2 that is no line end to it: one of them stands for a carriage return while it renders."""
_TOKENS = {
    "end of print statement": "`}>>`",
    "end of statement block": "`%>>`",
    "end of comment": "`#>>`",
    "begin of statement block": "`<<%`",
}
"""Jinja2's names of our delimiters."""


def has_expressions(text: str) -> bool:
    """Return whether a text holds a delimiter."""
    return _BEGIN.search(text) is not None


class Template:
    """A parsed template."""

    def __init__(
        self, text: str, name: str, compiled: Compiled, tree: nodes.Template, carriage_return: str, line: int
    ) -> None:
        from jinja2 import meta

        self.text = text
        self.name = name
        """File, or key of a file, for messages."""
        self.names: frozenset[str] = frozenset(meta.find_undeclared_variables(tree))
        """The values it reads."""
        self._compiled = compiled
        self._tree = tree
        self._carriage_return = carriage_return
        self._before = line - 1

    @classmethod
    def parse(cls, text: str, *, name: str, line: int = 1) -> Template:
        """Parse a template. `name` is its file or key, `line` the line of the file on which it begins.

        Raises:
            InputError: it is too long, or no template. The message has the line.
        """
        from jinja2 import TemplateSyntaxError

        if len(text) > MAX_TEMPLATE_CHARACTERS:
            what = f"{name} has {len(text):,} characters; a template may have {MAX_TEMPLATE_CHARACTERS:,}."
            raise InputError(Problem(what, "Split it, or remove `template: true` from its rule.", file=name))
        carriage_return = next((space for space in _SPACES if space not in text), None)
        if carriage_return is None:
            what = f"{name} holds every separator of Unicode, so its line ends cannot be kept."
            raise InputError(Problem(what, "Remove `template: true` from its rule.", file=name))
        environment = _environment()
        source = _outside_tags(text, "\r", carriage_return)
        try:
            tree = environment.parse(source)
            if problems := list(_unsupported(tree, name, line)):
                raise InputError(*problems)
            compiled = environment.from_string(tree)
        except TemplateSyntaxError as error:
            what = f"{name} is no template: {_in_our_words(error.message or 'it cannot be read')}."
            raise InputError(Problem(what, _SYNTAX, file=name, line=error.lineno + line - 1)) from None
        except RecursionError:
            what = f"{name} is nested too deeply for a template."
            raise InputError(Problem(what, "Flatten its statements.", file=name, line=line)) from None
        return cls(text, name, compiled, tree, carriage_return, line)

    def render(self, values: Mapping[str, Any]) -> str:
        """Return the text for these values.

        Raises:
            InputError: values that are not set, each with its line, or an expression that fails.
        """
        from jinja2 import UndefinedError

        try:
            rendered = self._compiled.render(values)
        except UndefinedError as error:
            raise InputError(*(self._unset(values) or [self._failed(error)])) from None
        except Exception as error:  # noqa: BLE001 - an expression may fail with any of Python's
            raise InputError(self._failed(error)) from None
        if len(rendered) > MAX_RENDERED_CHARACTERS:
            what = f"{self.name} became longer than {MAX_RENDERED_CHARACTERS:,} characters."
            raise InputError(Problem(what, "Shorten its loops.", file=self.name))
        return rendered.replace(self._carriage_return, "\r")

    def _unset(self, values: Mapping[str, Any]) -> list[Problem]:
        """Return a problem for each value that is read and not set."""
        unset: dict[str, Problem] = {}

        def note(name: str, owner: object) -> None:
            there = isinstance(owner, Mapping)
            known = ", ".join(sorted(owner if isinstance(owner, Mapping) else values))
            what = "reads an attribute" if there else "reads"
            unset.setdefault(
                name,
                Problem(
                    f"{self.name} {what} `{name}`, which is not set.",
                    f"Correct it: known here are {known}."
                    if there
                    else f"Set `{name}` under `values`, or test it: `<<% if {name} is defined %>>`. Set here: {known}.",
                    file=self.name,
                    line=self._line_of(name),
                ),
            )

        environment = self._compiled.environment.overlay(undefined=_recorded(note))
        # Any expression may fail where a value is unset.
        with suppress(Exception):
            environment.from_string(self._tree).render(values)
        return list(unset.values())

    def _line_of(self, name: str) -> int:
        from jinja2 import nodes

        read = (
            node.lineno
            for node in self._tree.find_all((nodes.Name, nodes.Getattr, nodes.Getitem))
            if name in (getattr(node, "name", None), getattr(node, "attr", None))
            or getattr(getattr(node, "arg", None), "value", None) == name
        )
        return self._before + min(read, default=1)

    def _failed(self, error: BaseException) -> Problem:
        places = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        said = str(error).rstrip(".") or type(error).__name__
        what, fix = f"an expression fails: {said}", "Correct the expression."
        if isinstance(error, _ValueError):
            what, fix = said, error.fix
        return Problem(
            f"{self.name}: {what}.", fix, file=self.name, line=self._before + ((places[-1] if places else None) or 1)
        )


def _recorded(note: Callable[[str, object], None]) -> type[Undefined]:
    """Return a class for what is unset. It notes each use, with the mapping that lacks it, and goes on."""
    from jinja2 import Undefined

    class Recorded(Undefined):
        def _noted(self, *_: Any, **__: Any) -> Any:
            note(str(self._undefined_name), self._undefined_obj)
            return self

        __getattr__ = __getitem__ = __call__ = __add__ = __radd__ = __sub__ = __mul__ = __truediv__ = _noted
        __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __mod__ = __floordiv__ = __pow__ = _noted

        def __str__(self) -> str:
            self._noted()
            return ""

        def __iter__(self) -> Iterator[Any]:
            self._noted()
            return iter(())

        def __len__(self) -> int:
            self._noted()
            return 0

        def __bool__(self) -> bool:
            note(str(self._undefined_name), self._undefined_obj)
            return False

        def __eq__(self, other: object) -> bool:
            return bool(self)

        def __hash__(self) -> int:
            return hash(self._undefined_name)

    return Recorded


_SYNTAX = "Correct the expression. Text that only looks like one is written as `<<{ '<<{' }>>`."


class _ValueError(Exception):
    """A value has no one spelling in a text."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.fix = fix


def _spelled(value: Any) -> Any:
    """Return how a value is written where an expression stands."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        raise _ValueError(
            "an expression has no value here (null)",
            "Test it first: `<<% if value %>>`, or write `value or 'default'`.",
        )
    if isinstance(value, list | tuple | dict | set):
        raise _ValueError(
            f"an expression gives a {'mapping' if isinstance(value, dict) else 'list'}, which has many spellings",
            "Write `| join(', ')` or `| tojson` behind it, or a loop around it.",
        )
    return value


def _to_json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=True)


@cache
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        """Bounds what one expression can make."""

        intercepted_binops = frozenset(("*", "**"))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            size = 1
            for each in (left, right):
                size *= len(each) if isinstance(each, str | list | tuple) else abs(each)
            if size > MAX_TEMPLATE_CHARACTERS or (operator == "**" and abs(right) > MAX_EXPONENT):
                raise _ValueError(f"the result of `{operator}` is too large", "Use smaller numbers.")
            return super().call_binop(context, operator, left, right)

    environment = Environment(
        variable_start_string=EXPRESSION[0],
        variable_end_string=EXPRESSION[1],
        block_start_string=STATEMENT[0],
        block_end_string=STATEMENT[1],
        comment_start_string=COMMENT[0],
        comment_end_string=COMMENT[1],
        line_statement_prefix=None,
        line_comment_prefix=None,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        finalize=_spelled,
        autoescape=False,
    )
    # A text that a run may not repeat is no desired state.
    for random in ("random", "pprint", "urlize", "xmlattr", "safe"):
        environment.filters.pop(random, None)
    environment.globals = {name: environment.globals[name] for name in ("range", "dict", "namespace")}
    environment.filters["tojson"] = _to_json
    return environment


def _unsupported(tree: nodes.Template, name: str, line: int) -> Iterator[Problem]:
    from jinja2 import nodes

    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Block)):
        word = type(node).__name__.lower().removesuffix("import") or "import"
        yield Problem(
            f"{name} has the statement `{word}`, and a template stands alone here.",
            "Write the text out, or use a macro in the same file.",
            file=name,
            line=node.lineno + line - 1,
        )


def _outside_tags(text: str, old: str, new: str) -> str:
    """Replace a text, but not between delimiters."""
    parts: list[str] = []
    end = 0
    for tag in _TAG.finditer(text):
        parts += (text[end : tag.start()].replace(old, new), tag[0])
        end = tag.end()
    return "".join((*parts, text[end:].replace(old, new)))


def _in_our_words(message: str) -> str:
    for theirs, ours in _TOKENS.items():
        message = message.replace(f"'{theirs}'", ours)
    return message.replace("Jinja was looking for the following tags:", "It lacks").rstrip(".")
