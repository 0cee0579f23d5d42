"""A campaign: its distribution file with all content read, and the desired state of each of its targets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import or_
from typing import Any

from action_patterns.action.reach import Reach, union
from action_patterns.content.blob import blob_oid
from action_patterns.content.template import Template, has_expressions
from action_patterns.content.text import read_text
from action_patterns.contracts import LeftOut, PlanEntry, Target
from action_patterns.contracts.document import compact_json
from action_patterns.discovery.discover import facts_for
from action_patterns.discovery.groups import Applicable
from action_patterns.discovery.repositories_file import with_files
from action_patterns.discovery.selection import Selection
from action_patterns.distribution import content
from action_patterns.distribution.content import Sources, read_sources
from action_patterns.distribution.distribution_file import OWN_RULES, Distribution, read_distribution
from action_patterns.distribution.target_content import TargetContent, content_of
from action_patterns.distribution.values import ValueSet
from action_patterns.distribution.values import facts as target_facts
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name
from action_patterns.ports.context import Context
from action_patterns.ports.repositories import FactsNeeded
from action_patterns.ports.workspace import Files
from action_patterns.pull_request.ownership.source import Source, source_of
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.spec.key import branch_of, normalise
from action_patterns.pull_request.spec.resolve import resolve
from action_patterns.pull_request.spec.reviewers import Choice

_TEXTS = ("title", "body", "commit_message")


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A distribution file with its content read."""

    distribution: Distribution
    file: str
    """Path of the distribution file."""
    sources: Sources
    values: Mapping[str, ValueSet]
    """By the name of the set of rules."""
    texts: Mapping[str, Template]
    """Title, body and commit message, where they are templates."""
    source: Source
    most_writes: int | None
    digest: str
    """Over rules, sources and pull request fields: what `apply` writes must be what `discover` planned."""
    _made: dict[Any, Desired] = field(default_factory=dict)

    @property
    def notice(self) -> str | None:
        """A sentence about what was left out of the content. None: nothing was."""
        return self.sources.notice()

    @property
    def selections(self) -> Mapping[str, Selection]:
        """The selection of each set of rules, by its name in a plan."""
        return {set_name(rules.name): rules.targets for rules in self.distribution.sets}

    @property
    def reach(self) -> Reach:
        """The repositories that it may select."""
        return union(selection.reach for selection in self.selections.values())

    @property
    def facts_needed(self) -> FactsNeeded:
        """The facts of repositories that its filters, conditions and templates need."""
        sets = self.distribution.sets
        conditions = [each for rules in sets for each in (rules.when, *(rule.when for rule in rules.files)) if each]
        needed = facts_for(self.selections.values(), self.branch)
        needed |= FactsNeeded(properties=any(map(_reads_properties, self._templates())))
        return reduce(or_, (each.facts_needed for each in conditions), needed)

    def applies(self, target: Target, groups: tuple[str, ...]) -> Applicable:
        """Return which of the groups that select a target have a rule for it. The others are named with a reason."""
        left: list[str] = []
        left_out: list[LeftOut] = []
        for rules in self.distribution.sets:
            group = set_name(rules.name)
            if group not in groups:
                continue
            if rules.when is not None and (why := rules.when.unmet(target)) is not None:
                left_out.append(LeftOut(group=group, reason=why))
                continue
            unmet = [(rule.label, rule.when.unmet(target)) for rule in rules.files if rule.when is not None]
            out = [LeftOut(group=group, rule=label, reason=why) for label, why in unmet if why is not None]
            left_out += out
            if len(out) < len(rules.files):
                left.append(group)
        return Applicable(tuple(left), tuple(left_out))

    @property
    def branch(self) -> str:
        """The bot branch, which all targets have."""
        return branch_of(normalise(self.distribution.key or self.distribution.name))

    def desired(self, entry: PlanEntry) -> Desired:
        """Return the desired state of one target.

        Raises:
            InputError: values that are not set, paths that two rules name, and so on; all at once.
        """
        active = tuple(
            each
            for each in self.sources.items
            if set_name(each.rules.name) in entry.groups
            and (each.rule.when is None or each.rule.when.unmet(entry.target) is None)
        )
        facts = target_facts(entry.target)
        seed = str(entry.target.id or entry.target.repository)
        key = (tuple(map(id, active)), compact_json(facts) if self._reads_facts(active) else "", self._seed(seed))
        if key not in self._made:
            self._made[key] = self._resolve(active, facts, seed, entry.groups)
        return self._made[key]

    def check(self, entries: Iterable[PlanEntry]) -> None:
        """Make every desired state before anything is written.

        Raises:
            InputError: every problem of every target; one that several targets share is named once.
        """
        found: dict[tuple[str, str, str | None, int | None], list[str]] = {}
        total = 0
        for entry in entries:
            total += 1
            try:
                self.desired(entry)
            except InputError as error:
                for each in error.problems:
                    found.setdefault((each.what, each.fix, each.file, each.line), []).append(entry.target.repository)
        if found:
            raise InputError(
                *(
                    Problem(f"{what} {_concerned(names, total)}", fix, file=file, line=line)
                    for (what, fix, file, line), names in found.items()
                )
            )

    def paths(self, entries: Iterable[PlanEntry]) -> list[str]:
        """Return all paths that may change in these targets."""
        found: dict[str, None] = {}
        for entry in entries:
            desired = self.desired(entry)
            of_one = (desired.changes, desired.edits, desired.mirrors)
            found |= dict.fromkeys(each.path for several in of_one for each in several)
        return list(found)

    def _templates(self) -> Iterator[Template]:
        yield from self.texts.values()
        for source in self.sources.items:
            yield from source.templates()
        for values in self.values.values():
            yield from values.templates

    def _reads_facts(self, active: Sequence[content.Source]) -> bool:
        """Return whether an expression reads `repository`, alone or through a value."""
        read = [("", each) for each in self.texts.values()]
        read += [(source.rules.name, each) for source in active for each in source.templates()]
        return any("repository" in self.values[name].names_of(each.names) for name, each in read)

    def _seed(self, seed: str) -> str:
        """Return what reviewers are chosen by. Empty: no list asks for some of its names."""
        groups = self.distribution.groups.values()
        choices = (self.distribution.pull_request.reviewers, *(group.pull_request.reviewers for group in groups))
        return seed if any(each.number is not None for each in choices) else ""

    def _resolve(
        self, active: Sequence[content.Source], facts: dict[str, Any], seed: str, groups: Sequence[str]
    ) -> Desired:
        distribution = self.distribution
        given = {"repository": facts, "campaign": {"name": distribution.name}}

        @cache
        def values(name: str) -> dict[str, Any]:
            return self.values[name].for_target({**given, "group": {"name": name}})

        problems: list[Problem] = []
        made = TargetContent(changes=(), edits=(), mirrors=())
        try:
            made = content_of(active, lambda each: values(each.rules.name), campaign=distribution.name, file=self.file)
        except InputError as error:
            problems += error.problems
        spec = distribution.pull_request
        try:
            if self.texts:
                spec = spec.model_copy(update={key: text.render(values("")) for key, text in self.texts.items()})
        except InputError as error:
            problems += error.problems
        added = [rules.fields for rules in distribution.sets if set_name(rules.name) in groups]
        choices = (spec.reviewers, *(each.reviewers for each in added))
        reviewers = [name for each in choices for name in each.for_target(seed)]
        update = {
            name: (*getattr(spec, name), *(item for each in added for item in getattr(each, name)))
            for name in ("labels", "assignees", "team_reviewers")
        }
        spec = spec.model_copy(update={**update, "reviewers": Choice(tuple(reviewers))})
        try:
            desired = resolve(
                spec,
                key=distribution.key or distribution.name,
                changes=made.changes,
                edits=made.edits,
                mirrors=made.mirrors,
                source=self.source,
                most_writes=self.most_writes,
            )
        except InputError as error:
            raise InputError(*problems, *error.problems) from None
        if problems:
            raise InputError(*problems)
        return desired


def set_name(group: str) -> str:
    """Return the name of a set of rules in a plan."""
    return group or OWN_RULES


def _reads_properties(template: Template) -> bool:
    return "repository" in template.names and "properties" in template.text


def _concerned(names: Sequence[str], total: int) -> str:
    if len(names) == total > 1:
        return f"It concerns all {total:,} targets."
    shown = ", ".join(names[:3])
    return f"It concerns {shown}{f' and {len(names) - 3:,} more' if len(names) > 3 else ''}."


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
