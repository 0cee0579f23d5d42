"""Read a campaign: the distribution file, everything that it names, and every problem in them at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from action_patterns.content.blob import blob_oid
from action_patterns.content.template import Template, has_expressions
from action_patterns.content.text import read_text
from action_patterns.contracts.document import compact_json
from action_patterns.discovery.repositories_file import with_files
from action_patterns.discovery.selection import Selection
from action_patterns.distribution.campaign import Campaign
from action_patterns.distribution.content import Sources, read_sources
from action_patterns.distribution.distribution_file import Distribution, read_distribution
from action_patterns.distribution.target_content import content_of
from action_patterns.distribution.values import ValueSet
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name
from action_patterns.ports.context import Context
from action_patterns.ports.workspace import Files
from action_patterns.pull_request.ownership.source import Source, source_of
from action_patterns.pull_request.spec.resolve import resolve

_TEXTS = ("title", "body", "commit_message")


def read_campaign(path: str, files: Files, context: Context, *, most_writes: int | None = None) -> Campaign:
    """Read a distribution file and everything it names. Raises InputError with every problem at once."""
    distribution = read_distribution(read_text(files.read(path), path), name=path)
    sources, problems = read_sources(distribution, files, name=path)
    distribution = _with_names(distribution, files, problems)
    values: dict[str, ValueSet] = {}
    texts: dict[str, Template] = {}
    for group, given in {"": distribution.values, **{rules.name: rules.values for rules in distribution.sets}}.items():
        own = distribution.groups[group].values if group else {}
        lines = {key: distribution.line(*(("groups", group) if key in own else ()), "values", key) for key in given}
        try:
            values[group] = ValueSet(given, file=path, lines=lines)
        except InputError as error:
            problems += error.problems
    spec = distribution.pull_request
    for key in _TEXTS if spec.template else ():
        text = getattr(spec, key)
        try:
            if text and has_expressions(text):
                line = distribution.line("pull-request", input_name(key))
                texts[key] = Template.parse(text, name=path, line=line)
        except InputError as error:
            problems += error.problems
    source = source_of(context, file=path, present=_yaml_files(files))
    problems += _without_targets(distribution, sources, source, path, most_writes)
    if problems:
        raise InputError(*{(each.what, each.line): each for each in problems}.values())
    read = [(each.source, each.target, each.mode, blob_oid(each.content)) for s in sources.items for each in s.files]
    rules_text = distribution.model_dump_json(exclude={"targets": True, "groups": {"__all__": {"targets"}}})
    return Campaign(
        distribution=distribution,
        file=path,
        sources=sources,
        values=values,
        texts=texts,
        source=source,
        most_writes=most_writes,
        digest=hashlib.sha256(f"{rules_text}\0{compact_json(read)}".encode(errors="surrogateescape")).hexdigest(),
    )


def _without_targets(
    distribution: Distribution, sources: Sources, source: Source, file: str, most_writes: int | None
) -> Iterator[Problem]:
    """Yield the problems in all that no target has a part in."""
    key = distribution.key or distribution.name
    for rules in distribution.sets:
        # Rules over one path may exclude each other by their conditions.
        static = [
            each
            for each in sources.items
            if each.rules.name == rules.name and not each.rule.template and each.rule.when is None
        ]
        try:
            made = content_of(static, lambda _: {}, campaign=distribution.name, file=file)
            resolve(distribution.pull_request, key=key, changes=made.changes, source=source, most_writes=most_writes)
        except InputError as error:
            yield from error.problems


def _with_names(distribution: Distribution, files: Files, problems: list[Problem]) -> Distribution:
    """Return the distribution with the names from the files of its selections."""

    def named(selection: Selection | None) -> Selection | None:
        try:
            return with_files(selection, files) if selection is not None else None
        except InputError as error:
            problems.extend(error.problems)
            return selection

    groups = {
        name: group.model_copy(update={"targets": named(group.targets)}) for name, group in distribution.groups.items()
    }
    return distribution.model_copy(update={"targets": named(distribution.targets), "groups": groups})


def _yaml_files(files: Files) -> list[str] | None:
    """Return the paths of all YAML files of the workspace. None: a directory of it cannot be read."""
    try:
        return [name for name in files.listing() if name.endswith((".yml", ".yaml"))]
    except InputError:
        return None
