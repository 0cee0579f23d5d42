"""A rule of `distribution.yml`: one file or directory of the campaign, and how it is laid into a target."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from action_patterns.content.changes import path_problem
from action_patterns.content.edits import Condition
from action_patterns.content.template import has_expressions
from action_patterns.discovery.conditions import Conditions
from action_patterns.discovery.section import Section
from action_patterns.input_types import Flag, LineList

Format = Literal["json", "yaml", "toml"]
_MODES = {"644": "100644", "0644": "100644", "755": "100755", "0755": "100755"}


def _git_mode(value: object) -> object:
    return _MODES.get(value, value) if isinstance(value, str) else value


FileMode = Annotated[Literal["100644", "100755"], BeforeValidator(_git_mode)]
"""git's mode of a regular or an executable file, or the permissions that people write: 644 and 755."""


class FileRule(Section):
    """One file or directory of the campaign."""

    target: str = Field(
        default="",
        description="Path in the target repository; the source's path unless it is given. A slash at its end means a"
        " directory: a source file keeps its name.",
        examples=[".github/workflows/ci.yml"],
    )
    source: str | None = Field(
        default=None,
        description="File or directory in the source repository. A rule that is a text is a source.",
        examples=["templates/ci.yml"],
    )
    symbolic_link: str | None = Field(
        default=None,
        description="The target is a symbolic link to this path, as seen from its directory.",
        examples=["AGENTS.md"],
    )
    absent: Flag = Field(default=False, description="The target path shall not exist.")
    condition: Condition = Field(
        default="always",
        alias="if",
        description="`missing`: only where the target has no such file; `present`: only where it has one.",
        examples=["missing"],
    )
    template: Flag = Field(
        default=False, description="Contents and target path are templates; binary files are taken as they are."
    )
    mirror: Flag = Field(
        default=False,
        description="The target directory holds what the source directory holds, and nothing else: other files below it"
        " are removed.",
    )
    exclude: LineList = Field(
        default=(),
        description="Patterns of paths below a directory that the rule leaves as they are in the target.",
        examples=[["workflows/release.yml"]],
    )
    mode: FileMode | None = Field(
        default=None, description="Mode of the target files. Default: that of the source.", examples=["755"]
    )
    merge: Format | None = Field(
        default=None,
        description="The source holds the keys that the campaign owns; they are merged into the target's file (RFC"
        " 7396: null removes a key).",
        examples=["json"],
    )
    block: Flag = Field(
        default=False, description="The source is a block between two marker lines in the target's file."
    )
    comment: str | None = Field(
        default=None,
        description="Begin of a comment in the target's file, for `block` and `header`. Default: by the file's name.",
        examples=["#"],
    )
    header: str | None = Field(
        default=None,
        description="A comment at the top of each text file, in the file's own syntax; set once, and replaced when it"
        " changes. With `template: true` it is a template too.",
        examples=["Managed by the platform team: edit it there."],
    )
    volatile: LineList = Field(
        default=(),
        description="Parts whose change alone is no reason to write: `/regular expression/` of a line, or `$.key.path`"
        " of JSON, YAML and TOML.",
        examples=[["$.generated-at"]],
    )
    when: Conditions | None = Field(default=None, description="The rule counts only for targets that meet these.")
    push_protection_bypass: Flag = Field(
        default=False, description="The content of this rule may look like a secret; otherwise that stops the campaign."
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"source": value, "target": value}
        if isinstance(value, dict) and value.get("source") is not None and value.get("target") is None:
            return value | {"target": value["source"]}
        return value

    @field_validator("target")
    @classmethod
    def _inside(cls, value: str) -> str:
        if not value:
            raise ValueError("is empty. Give `target`, or `source`, whose path is the target's then")
        if not has_expressions(value) and (why := target_problem(value)) is not None:
            raise ValueError(why)
        return value

    @model_validator(mode="after")
    def _fits(self) -> FileRule:
        kinds = [self.absent, self.source is not None, self.symbolic_link is not None]
        if sum(kinds) != 1:
            raise ValueError("give either `source` or `absent: true`, or `symbolic-link`")
        if self.absent and self.directory == ".":
            raise ValueError("`target: .` with `absent: true` would remove everything")
        if self.mirror and self.directory == ".":
            raise ValueError("`target: .` with `mirror: true` would remove everything else. Name a directory")
        if self.symbolic_link is not None and (why := _link_problem(self.target, self.symbolic_link)) is not None:
            raise ValueError(why)
        if (has_expressions(self.target)) and not self.template:
            raise ValueError("the target has an expression; set `template: true`")
        given = [name for name, value in self._about_content().items() if value]
        if self.source is None and given:
            word = "absent" if self.absent else "symbolic-link"
            raise ValueError(f"`{given[0]}` is about content, and `{word}` has none")
        if self.absent and self.condition != "always":
            raise ValueError("`if` is about content, and `absent` has none")
        self._check_pairs()
        return self

    def _about_content(self) -> dict[str, object]:
        return {
            "template": self.template,
            "mirror": self.mirror,
            "exclude": self.exclude,
            "mode": self.mode,
            "merge": self.merge,
            "block": self.block,
            "comment": self.comment,
            "header": self.header,
            "volatile": self.volatile,
        }

    def _check_pairs(self) -> None:
        pairs = (
            ("merge", "block", self.merge and self.block),
            ("mirror", "merge", self.mirror and self.merge),
            ("mirror", "block", self.mirror and self.block),
            ("header", "merge", self.header is not None and self.merge),
            ("header", "block", self.header is not None and self.block),
            ("mirror", "if", self.mirror and self.condition != "always"),
            ("if: missing", "merge", self.condition == "missing" and self.merge),
            ("if: missing", "block", self.condition == "missing" and self.block),
        )
        for one, other, both in pairs:
            if both:
                raise ValueError(f"`{one}` and `{other}` exclude each other; use two rules")
        if self.comment is not None and not self.block and self.header is None:
            raise ValueError("`comment` is about a `block` or a `header`; set one of them")

    @property
    def directory(self) -> str:
        """The target without a slash at its end."""
        return self.target.removesuffix("/")

    @property
    def depends(self) -> bool:
        """The change depends on what the target holds at the path."""
        return self.condition != "always" or self.merge is not None or self.block or bool(self.volatile)

    @property
    def label(self) -> str:
        """The rule in a message."""
        return self.target if self.source is None else f"{self.source} → {self.target}"


def at(target: str, name: str) -> str:
    """Return where a file of that name goes: a slash at the target's end makes it a directory."""
    return f"{target.removesuffix('/')}/{name}".removeprefix("./") if target.endswith("/") else target


def target_problem(path: str) -> str | None:
    """Return why a path is no target. None: it is one."""
    if "\\" in path:
        return f"the path {path!r} has a backslash; write '/' between directories"
    if path not in (".", "./") and (why := path_problem(path.removesuffix("/"))) is not None:
        return f"the path {path!r} {why}"
    return None


def _link_problem(target: str, link: str) -> str | None:
    """Return why a symbolic link would lead out of the repository, or nowhere. None: it stays inside."""
    if not link or link.startswith("/") or "\\" in link or "\0" in link:
        return f"the symbolic link to {link!r} must be a relative path with '/' between directories"
    depth = target.count("/")
    for part in link.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return f"the symbolic link to {link!r} leads out of the repository"
    return None
