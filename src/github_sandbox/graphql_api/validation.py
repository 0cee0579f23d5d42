"""Validation with the errors of graphql-ruby, which serves GitHub: path, extensions, locations and message.

The rules that clients meet are written here. graphql-core's rules judge the rest, in their own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    SKIP,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    Node,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValidationRule,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_input_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
    print_ast,
    specified_rules,
    type_from_ast,
    validate,
    value_from_ast,
)
from graphql.validation.rules.variables_in_allowed_position import allowed_variable_usage

from github_sandbox.graphql_api.problems import Problem, above, path_of, shaped, step

REPLACED = frozenset({
    "KnownTypeNamesRule", "VariablesAreInputTypesRule", "ScalarLeafsRule", "FieldsOnCorrectTypeRule",
    "KnownFragmentNamesRule", "NoUnusedFragmentsRule", "NoUndefinedVariablesRule", "NoUnusedVariablesRule",
    "KnownArgumentNamesRule", "ValuesOfCorrectTypeRule", "ProvidedRequiredArgumentsRule",
    "VariablesInAllowedPositionRule",
})  # fmt: skip
"""graphql-core's rules that ``_Rule`` stands in for."""


def problems(schema: GraphQLSchema, document: DocumentNode) -> list[Problem]:
    """Return every problem of a document, in the form that GitHub sends; empty: the document is valid."""
    rules: list[Any] = [_Rule, *(rule for rule in specified_rules if rule.__name__ not in REPLACED)]
    return [shaped(error) for error in validate(schema, document, rules)]


class _Rule(ValidationRule):
    """One walk for all rules: as in graphql-ruby, the walk leaves out what is below a refused node.

    A variable is used where the walk comes to it, so one below an unknown field is not.
    """

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._used: dict[int, list[str]] = {}
        """The id of each variable node that the walk comes to -> its path."""
        self._argument: dict[int, str] = {}
        """The id of each such node -> the argument that it is the value of."""
        self._spread: set[str] = set()

    def _report(self, path: list[str], node: Node, message: str, code: str, **facts: Any) -> None:
        extensions = {"code": code, **facts}
        self.report_error(GraphQLError(message, node, path=path, extensions=extensions))

    # -- fields and fragments --------------------------------------------------------------------------------------

    def enter_field(self, node: FieldNode, *where: Any) -> Any:
        parent, definition, name = self.context.get_parent_type(), self.context.get_field_def(), node.name.value
        if parent is None:
            return None
        path = path_of(where, node)
        if definition is None:
            self._report(
                path, node, f"Field '{name}' doesn't exist on type '{parent.name}'", "undefinedField",
                typeName=parent.name, fieldName=name,
            )  # fmt: skip
            return SKIP
        given = {argument.name.value for argument in node.arguments or ()}
        missing = [n for n, a in definition.args.items() if is_required_argument(a) and n not in given]
        self._missing(path, node, "Field", name, missing)
        words = _bad_selections(node, kind := get_named_type(definition.type))
        if words is None:
            return None
        self._report(path, node, words, "selectionMismatch", nodeName=f"field '{name}'", typeName=kind.name)
        return SKIP

    def _missing(self, path: list[str], node: Node, kind: str, name: str, missing: list[str]) -> None:
        if missing:
            names = ", ".join(missing)
            words = f"{kind} '{name}' is missing required arguments: {names}"
            self._report(
                path, node, words, "missingRequiredArguments", className=kind, name=name, arguments=names
            )  # fmt: skip

    def enter_directive(self, node: DirectiveNode, *where: Any) -> None:
        definition = self.context.get_directive()
        given = {argument.name.value for argument in node.arguments or ()}
        known = definition.args.items() if definition else ()
        missing = [name for name, argument in known if is_required_argument(argument) and name not in given]
        self._missing(path_of(where, node), node, "Directive", node.name.value, missing)

    def enter_inline_fragment(self, node: InlineFragmentNode, *where: Any) -> Any:
        return self._condition(node, node.type_condition, where) if node.type_condition else None

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *where: Any) -> Any:
        return self._condition(node, node.type_condition, where)

    def _condition(self, node: Node, condition: NamedTypeNode, where: Sequence[Any]) -> Any:
        name = condition.name.value
        if self.context.schema.get_type(name) is not None:
            return None
        words = f"No such type {name}, so it can't be a fragment condition"
        self._report(path_of(where, node), node, words, "undefinedType", typeName=name)
        return SKIP

    def enter_fragment_spread(self, node: FragmentSpreadNode, *where: Any) -> None:
        name = node.name.value
        self._spread.add(name)
        if self.context.get_fragment(name) is None:
            words = f"Fragment {name} was used, but not defined"
            self._report(path_of(where, node), node, words, "useAndDefineFragment", fragmentName=name)

    # -- arguments and values --------------------------------------------------------------------------------------

    def enter_argument(self, node: ArgumentNode, *where: Any) -> Any:
        owner = next(item for item in reversed(above(where)) if isinstance(item, FieldNode | DirectiveNode))
        kind = "Field" if isinstance(owner, FieldNode) else "Directive"
        return self._value(node, kind, owner.name.value, self.context.get_argument(), where)

    def enter_object_field(self, node: ObjectFieldNode, *where: Any) -> Any:
        parent = get_named_type(self.context.get_parent_input_type())
        if not is_input_object_type(parent):
            return None  # the argument itself is refused
        definition = parent.fields.get(node.name.value)
        return self._value(node, "InputObject", parent.name, definition, where)

    def _value(
        self, node: ArgumentNode | ObjectFieldNode, kind: str, owner: str, definition: Any, where: Sequence[Any]
    ) -> Any:
        name, path = node.name.value, path_of(where, node)
        if definition is None:
            words = f"{kind} '{owner}' doesn't accept argument '{name}'"
            self._report(path, node, words, "argumentNotAccepted", name=owner, typeName=kind, argumentName=name)
            return SKIP
        if not _fits(node.value, definition.type):
            words = f"Argument '{name}' on {kind} '{owner}' has an invalid value ({print_ast(node.value)})."
            words = f"{words} Expected type '{definition.type}'."
            self._report(path, node, words, "argumentLiteralsIncompatible", typeName=kind, argumentName=name)
            return SKIP
        return None

    def enter_object_value(self, node: ObjectValueNode, *where: Any) -> None:
        kind = get_named_type(self.context.get_input_type())
        if not is_input_object_type(kind):
            return
        given = {field.name.value for field in node.fields}
        for name, field in kind.fields.items():
            if is_required_input_field(field) and name not in given:
                words = f"Argument '{name}' on InputObject '{kind.name}' is required. Expected type {field.type}"
                self._report(
                    [*path_of(where, node), name], node, words, "missingRequiredInputObjectAttribute",
                    argumentName=name, argumentType=str(field.type), inputObjectType=kind.name,
                )  # fmt: skip

    # -- variables -------------------------------------------------------------------------------------------------

    def enter_variable_definition(self, node: VariableDefinitionNode, *where: Any) -> None:
        wanted: Any = node.type
        while not isinstance(wanted, NamedTypeNode):
            wanted = wanted.type
        name, variable, known = (
            wanted.name.value,
            node.variable.name.value,
            self.context.schema.get_type(wanted.name.value),
        )
        if known is None or not is_input_type(known):
            words = f"{name} isn't a {'defined' if known is None else 'valid'} input type (on ${variable})"
            self._report(
                path_of(where, node), node, words, "variableRequiresValidType", typeName=name, variableName=variable
            )

    def enter_variable(self, node: VariableNode, *where: Any) -> None:
        if not isinstance(where[1], VariableDefinitionNode):
            self._used[id(node)] = path_of(where, node)
            holder = next(item for item in reversed(above(where)) if isinstance(item, ArgumentNode | ObjectFieldNode))
            self._argument[id(node)] = holder.name.value

    def leave_document(self, node: DocumentNode, *_: Any) -> None:
        operations = [item for item in node.definitions if isinstance(item, OperationDefinitionNode)]
        for operation in operations:
            self._judge_variables(operation)
        for definition in node.definitions:
            if isinstance(definition, FragmentDefinitionNode) and (name := definition.name.value) not in self._spread:
                words = f"Fragment {name} was defined, but not used"
                self._report([f"fragment {name}"], definition, words, "useAndDefineFragment", fragmentName=name)

    def _judge_variables(self, operation: OperationDefinitionNode) -> None:
        declared = {item.variable.name.value: item for item in operation.variable_definitions or ()}
        usages = [u for u in self.context.get_recursive_variable_usages(operation) if id(u.node) in self._used]
        who = operation.name.value if operation.name else f"anonymous {operation.operation.value}"
        used = {usage.node.name.value for usage in usages}
        for name in declared:
            if name not in used:
                words = f"Variable ${name} is declared by {who} but not used"
                self._report([str(step(operation))], operation, words, "variableNotUsed", variableName=name)
        for usage in usages:
            name, path = usage.node.name.value, self._used[id(usage.node)]
            if name not in declared:
                words = f"Variable ${name} is used by {who} but not declared"
                self._report(path, usage.node, words, "variableNotDefined", variableName=name)
            elif usage.type is not None:
                self._judge_usage(declared[name], usage, path)

    def _judge_usage(self, declared: VariableDefinitionNode, usage: Any, path: list[str]) -> None:
        schema, name = self.context.schema, usage.node.name.value
        given = type_from_ast(schema, declared.type)
        if given is None or allowed_variable_usage(
            schema, given, declared.default_value, usage.type, usage.default_value
        ):
            return
        argument, why = self._argument[id(usage.node)], "Nullability mismatch"
        if get_named_type(given) is not get_named_type(usage.type):
            why = "Type mismatch"
        elif _depth(given) != _depth(usage.type):
            why = "List dimension mismatch"
        words = f"{why} on variable ${name} and argument {argument} ({given} / {usage.type})"
        self._report(
            path, usage.node, words, "variableMismatch", variableName=name, typeName=str(given),
            argumentName=argument, errorMessage=why,
        )  # fmt: skip


def _is_enum(kind: Any) -> bool:
    return hasattr(kind, "values")


def _bad_selections(node: FieldNode, kind: Any) -> str | None:
    """Return what is wrong with a field that has selections, or has none; None: nothing."""
    name, inside = node.name.value, node.selection_set.selections if node.selection_set else ()
    if is_leaf_type(kind) and inside:
        names = ", ".join(f'"{step(item)}"' for item in inside)
        what = "enums" if is_enum_type(kind) else "scalars"
        return f"Selections can't be made on {what} (field '{name}' returns {kind.name} but has selections [{names}])"
    if not is_leaf_type(kind) and not inside:
        words = f"Field must have selections (field '{name}' returns {kind.name} but has no selections."
        return f"{words} Did you mean '{name} {{ ... }}'?)"
    return None


def _depth(kind: Any) -> int:
    """Return how many lists a type is in."""
    if is_non_null_type(kind):
        return _depth(kind.of_type)
    return 1 + _depth(kind.of_type) if is_list_type(kind) else 0


def _fits(value: Any, kind: Any) -> bool:
    """Return whether a literal suits a type. Variables, and the fields of an input object, are judged elsewhere."""
    if isinstance(value, VariableNode):
        return True
    if isinstance(value, NullValueNode):
        return not is_non_null_type(kind)
    if is_non_null_type(kind):
        return _fits(value, kind.of_type)
    if is_list_type(kind):
        return all(_fits(item, kind.of_type) for item in getattr(value, "values", (value,)))
    if is_input_object_type(kind):
        return isinstance(value, ObjectValueNode)
    return value_from_ast(value, kind) is not Undefined
