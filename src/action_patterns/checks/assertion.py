"""The part that every assertion has: a value or a document, its place in it, and the tests of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.expectations import Expectations, Fault, joined
from action_patterns.checks.specification import Specification, World
from action_patterns.content.typed_document import Format, load
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import Flag

HELD = "held"
_SHOWN_ERRORS = 5
_SHOWN_NODES = 3


def _path(value: str) -> str:
    from action_patterns.content.json_path import JsonPath  # for the lists with a path

    try:
        JsonPath(value)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("it ")) from None
    return value


class Assertion(Specification, Expectations):
    """An assertion: one key names its subject, the others what must be true of it."""

    may_be_empty = frozenset({"equals"})

    severity: Literal["error", "warning"] = Field(
        default="error", description="`error`: a failure makes the step red. `warning`: it is shown only."
    )
    path: Annotated[str, AfterValidator(_path)] | None = Field(
        default=None,
        description="A JSONPath (RFC 9535) in the subject, which is then read as JSON or YAML. The tests are of each"
        " value that it finds, and it must find one.",
        examples=["$.jobs[*].name"],
    )
    read_as: Format | None = Field(
        default=None,
        description="Format of the subject, for `path` and `json-schema`: `json` or `yaml`. Default: `yaml` for a file"
        " whose name ends in .yml or .yaml, and otherwise `json`.",
    )
    exists: Flag = Field(
        default=True, description="`false`: there must be no such thing; with `path`, no value at that path."
    )
    json_schema: str | None = Field(
        default=None,
        description="Path of a JSON Schema, a JSON or YAML file, that the subject must meet; or the schema itself in"
        " JSON. Nothing is fetched for it.",
    )
    sensitive: Flag = Field(default=False, description="`true`: messages do not show the value.")

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_an_empty_text(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: "" if each is None and key in (cls.subject, "equals") else each for key, each in value.items()}

    @model_validator(mode="after")
    def _sensible(self) -> Assertion:
        if self.asserts_nothing():
            raise ValueError("it asserts nothing: give it a test, for example `equals`, `matches` or `non-empty`")
        if not self.exists:
            others = sorted(name.replace("_", "-") for name in self.tests | self.own_tests())
            if others or self.json_schema:
                raise ValueError(f"`exists: false` has no value for {', '.join(others) or 'json-schema'} to look at")
        return self

    @property
    def makes_red(self) -> bool:
        """Whether a failure may make the step red."""
        return self.severity == "error"

    def own_tests(self) -> set[str]:
        """Return the names of the given tests that this kind alone has."""
        return set()

    def asserts_nothing(self) -> bool:
        """Return whether the assertion would hold always. That a subject is there is a test too."""
        return False

    def problems(self, world: World) -> Iterator[Problem]:
        """Yield what is wrong with the files that the assertion names, before anything runs."""
        if self.json_schema is not None:
            try:
                self._schema(world)
            except ValueError as error:
                what = f"The `json-schema` of {self.title()!r} is none: {error}."
                yield Problem(what, "Correct the schema. Without it, nothing would be asserted.")
            except InputError as error:
                yield from error.problems

    def judge(self, value: Any, subject: str, world: World, *, file: str = "") -> Finding:
        """Return the finding about a text, or about the values in it that `path` finds."""
        return concluded(self.faults_of(value, subject, world, file=file))

    def faults_of(self, value: Any, subject: str, world: World, *, file: str = "") -> list[Fault]:
        """Return the tests that do not hold."""
        if self.path is None and self.json_schema is None:
            return list(self.faults(value, subject, sensitive=self.sensitive))
        if isinstance(value, str):
            from action_patterns.content.typed_document import format_of

            document_format = self.read_as or format_of(file)
            try:
                value = load(value, document_format)
            except ValueError as error:
                fix = "Correct the program that writes it. Do not edit the text by hand: the next run writes it again."
                return [Fault("unreadable-document", f"{subject} cannot be read: {error}.", fix)]
        found = list(self._by_schema(value, subject, world))
        return found + (list(self._at_path(value, subject)) if self.path is not None else [])

    def _by_schema(self, value: Any, subject: str, world: World) -> Iterator[Fault]:
        if self.json_schema is None:
            return
        errors = self._schema(world).errors(value)
        if not errors:
            return
        shown = [] if self.sensitive else [f"{each.place}: {each.message}" for each in errors[:_SHOWN_ERRORS]]
        count = f"{len(errors)} place{'s' * (len(errors) != 1)}"
        what = f"{subject} breaks its schema in {count}{': ' * bool(shown)}{'; '.join(shown)}."
        yield Fault("schema", what, "Correct the document at these places. Do not widen the schema to get past.")

    def _schema(self, world: World) -> Any:
        from action_patterns.content.json_schema import JsonSchema  # for the lists with a schema
        from action_patterns.content.typed_document import format_of

        assert self.json_schema is not None
        if self.json_schema.lstrip().startswith("{"):
            return JsonSchema(load(self.json_schema, "json"))
        from action_patterns.content.text import read_text

        text = read_text(world.ports.files.read(self.json_schema), self.json_schema)
        return JsonSchema(load(text, format_of(self.json_schema)))

    def _at_path(self, document: Any, subject: str) -> Iterator[Fault]:
        from action_patterns.content.json_path import JsonPath

        assert self.path is not None
        of = f"{subject[0].lower()}{subject[1:]}"
        try:
            found = JsonPath(self.path).find(document)
        except ValueError as error:
            yield Fault("too-many-nodes", f"The path `{self.path}` is too wide: {error}.", "Write a narrower path.")
            return
        if not self.exists:
            if found:
                what = f"The path `{self.path}` finds `{found[0].place}` in {of}, and must find nothing."
                yield Fault("path-present", what, "Remove the value where the document is made.")
            return
        if not found:
            what = f"The path `{self.path}` finds nothing in {of}."
            fix = "Compare the path with the document: names count by case. Do not leave the path out to get past."
            yield Fault("path-absent", what, fix)
        faulty = 0
        for node in found:
            faults = list(self.faults(node.value, f"`{node.place}` in {of}", sensitive=self.sensitive))
            faulty += bool(faults)
            if faulty <= _SHOWN_NODES:
                yield from faults
        if faulty > _SHOWN_NODES:
            what = f"{faulty - _SHOWN_NODES:,} more of its {len(found):,} values do not hold."
            yield Fault("more-nodes", what, "Correct all of them where the document is made.")


def refused(error: InputError) -> Finding:
    """Return the finding about a place that cannot be read."""
    what = " ".join(problem.what for problem in error.problems)
    fix = " ".join(dict.fromkeys(problem.fix for problem in error.problems))
    return concluded([Fault("not-accessible", what, fix)])


def concluded(faults: list[Fault]) -> Finding:
    """Return one finding for all faults of an assertion."""
    fault = joined(faults)
    return finding(HELD, True) if fault is None else finding(fault.code, False, fault.what, fault.fix)


def text_of(content: bytes) -> str | None:
    """Return bytes as UTF-8. None: they are no text."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
