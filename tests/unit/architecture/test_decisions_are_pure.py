"""Design rule 3: `decide()` takes facts and returns a plan. An action gathers, decides and applies."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from action_patterns import registry

PRODUCT = Path(__file__).resolve().parents[3] / "src/action_patterns"
ACTIONS = sorted((PRODUCT / "actions").rglob("*.py"))

PORTS = {
    node.name
    for path in (PRODUCT / "ports").glob("*.py")
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Protocol" for base in node.bases)
} | {"GitHub", "Ports"}

SHAPE = ("gather", "decide", "apply")
ELSEWHERE = {
    ("upsert-pr", "decide"): "pull_request.decide decides in each round of pull_request.reconcile.",
    ("apply", "apply"): "distribution.working brings the targets to their state.",
    ("upsert-pr", "apply"): "pull_request.upsert reads, decides and writes in rounds.",
    ("retry", "gather"): "It takes the facts after each attempt, in `apply`.",
    ("lock", "gather"): "A waiter takes the facts in each look, in `waiting`.",
    ("lock", "decide"): "state.lock decides from each record that a transaction reads.",
    ("breaker", "gather"): "Each transaction reads the record that it decides from.",
    ("breaker", "decide"): "state.breaker decides from each record that a transaction reads.",
    ("preflight", "apply"): "It writes nothing: the answers are the output.",
    ("verdict", "apply"): "It writes nothing: the decision is the output.",
    ("ledger", "decide"): "state.ledger.table decides from each table that a transaction reads.",
    ("unique-id", "apply"): "It writes nothing: the decision is the output.",
}
"""Functions that an action has in another place, or not, and why."""


def decisions(source: str) -> Iterator[ast.FunctionDef]:
    return (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == "decide")


def impurities(source: str) -> list[str]:
    """Name each port that a `decide` is given, and each input error that it raises."""
    found = []
    for function in decisions(source):
        arguments = function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            words = {n.id for n in ast.walk(argument) if isinstance(n, ast.Name)}
            words |= {n.value for n in ast.walk(argument) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
            found += [f"{argument.arg}: {word}" for word in sorted(words & PORTS)]
        found += [
            ast.unparse(node)
            for node in ast.walk(function)
            if isinstance(node, ast.Raise) and "AssertionError" not in ast.unparse(node)
        ]
    return found


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: str(path.relative_to(PRODUCT)))
def test_a_decision_takes_facts_only_and_is_total(path: Path) -> None:
    assert impurities(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "def decide(facts: Facts, clock: Clock) -> Plan: ...",
        "def decide(facts: Facts, *, github: GitHub | None) -> Plan: ...",
        "def decide(files: 'Files') -> Plan: ...",
        "def decide(inputs: Inputs, ports: Ports) -> Plan: ...",
        "def decide(inputs: Inputs) -> Plan:\n    raise InputError(problem)",
    ],
)
def test_that_rule_finds_what_it_is_for(source: str) -> None:
    assert impurities(source)


def test_that_rule_knows_the_ports() -> None:
    assert {"Clock", "Files", "Checkout", "Issues", "Log", "RefStore"} <= PORTS
    assert "Context" not in PORTS, "a value, and so a fact"


def module_of(name: str) -> ModuleType:
    return importlib.import_module(registry.load(name).run.__module__)


@pytest.mark.parametrize("name", registry.ACTIONS)
def test_an_action_gathers_decides_and_applies(name: str) -> None:
    lacking = [each for each in SHAPE if not callable(getattr(module_of(name), each, None))]
    assert lacking == [each for each in SHAPE if (name, each) in ELSEWHERE]
