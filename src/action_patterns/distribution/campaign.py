"""A campaign: its distribution file with all content read, and the desired state of each of its targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import or_
from typing import Any

from action_patterns.action.reach import Reach, union
from action_patterns.content.template import Template
from action_patterns.contracts import LeftOut, PlanEntry, Target
from action_patterns.contracts.document import compact_json
from action_patterns.discovery.discover import facts_for
from action_patterns.discovery.groups import Applicable
from action_patterns.discovery.selection import Selection
from action_patterns.distribution import content
from action_patterns.distribution.content import Sources
from action_patterns.distribution.distribution_file import OWN_RULES, Distribution
from action_patterns.distribution.target_content import TargetContent, content_of
from action_patterns.distribution.values import ValueSet
from action_patterns.distribution.values import facts as target_facts
from action_patterns.errors import InputError, Problem
from action_patterns.ports.repositories import FactsNeeded
from action_patterns.pull_request.ownership.source import Source
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.spec.key import branch_of, normalise
from action_patterns.pull_request.spec.resolve import resolve
from action_patterns.pull_request.spec.reviewers import Choice


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
