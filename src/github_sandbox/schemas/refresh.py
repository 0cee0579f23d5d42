"""Trim GitHub's published descriptions.

``python -m github_sandbox.schemas.refresh schema.graphql api.github.com.json``

The inputs come from npm: ``@octokit/graphql-schema`` (schema.graphql) and ``@octokit/openapi``
(generated/api.github.com.json). The result holds the GraphQL fields that have a resolver and the REST routes that are
served, with everything they refer to. Descriptions and examples are removed.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)

from github_sandbox.graphql_api.resolvers import kept_fields
from github_sandbox.rest import router
from github_sandbox.schemas import GRAPHQL_FILE, OPENAPI_FILE

OBJECTS = (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode)
# The discriminator is dropped: openapi-core cannot follow one whose value is an array (contents of a directory).
DROPPED = {
    "discriminator",
    "description",
    "examples",
    "example",
    "x-github",
    "externalDocs",
    "summary",
    "tags",
    "x-github-breaking-changes",
}


def _named(node: TypeNode) -> str:
    while isinstance(node, (ListTypeNode, NonNullTypeNode)):
        node = node.type
    assert isinstance(node, NamedTypeNode)
    return node.name.value


def trim_graphql(text: str) -> str:
    """Return the SDL of everything reachable from Query and Mutation through answered fields."""
    types: dict[str, Any] = {d.name.value: d for d in parse(text, no_location=True).definitions if hasattr(d, "name")}
    kept: dict[str, Any] = {}
    queue = ["Query", "Mutation"]
    while queue:
        name = queue.pop()
        if name in kept or name not in types:
            continue
        node = _bare(types[name])
        if isinstance(node, OBJECTS):
            wanted = kept_fields(name)
            fields = [_bare(f) for f in node.fields or () if f.name.value in wanted]
            node = replace(
                node, fields=tuple(replace(f, arguments=tuple(map(_bare, f.arguments or ()))) for f in fields)
            )
            for field in fields:
                queue += [_named(field.type), *(_named(a.type) for a in field.arguments or ())]
        elif isinstance(node, InputObjectTypeDefinitionNode):
            node = replace(node, fields=tuple(map(_bare, node.fields or ())))
            queue += [_named(f.type) for f in node.fields or ()]
        elif isinstance(node, EnumTypeDefinitionNode):
            node = replace(node, values=tuple(map(_bare, node.values or ())))
        elif isinstance(node, UnionTypeDefinitionNode):
            node = replace(node, types=tuple(t for t in node.types or () if kept_fields(t.name.value)))
            queue += [t.name.value for t in node.types or ()]
        if isinstance(node, InterfaceTypeDefinitionNode):
            # An abstract type requires every implementation that is answered.
            queue += [
                n for n, t in types.items() if isinstance(t, OBJECTS) and kept_fields(n) and name in _interfaces(t)
            ]
        kept[name] = node
    # Interfaces that no field returns are removed, and types without fields.
    alive = {name for name, node in kept.items() if not isinstance(node, OBJECTS) or node.fields}
    shown = [
        replace(n, interfaces=tuple(i for i in n.interfaces or () if i.name.value in alive))
        if isinstance(n, OBJECTS)
        else n
        for name, n in kept.items()
        if name in alive
    ]
    return print_ast(DocumentNode(definitions=tuple(shown))) + "\n"


def _bare(node: Any) -> Any:
    """Return a definition without its description and directives."""
    return replace(node, description=None, directives=())


def _interfaces(node: Any) -> list[str]:
    return [i.name.value for i in node.interfaces or ()]


def trim_openapi(document: dict[str, Any]) -> dict[str, Any]:
    """Return the served routes and the components they refer to."""
    served = {(route.method.lower(), route.operation) for route in router.routes}
    paths: dict[str, Any] = {}
    for path, item in document["paths"].items():
        operations = {m: o for m, o in item.items() if isinstance(o, dict) and (m, o.get("operationId")) in served}
        if operations:
            paths[path] = {m: _trimmed(o) for m, o in operations.items()}
    components: dict[str, dict[str, Any]] = {}
    queue = list(_references(paths))
    while queue:
        _, _, section, name = queue.pop().split("/", 3)
        if name not in components.setdefault(section, {}):
            components[section][name] = _trimmed(document["components"][section][name])
            queue += _references(components[section][name])
    about = {"title": "GitHub, trimmed", "version": document["info"]["version"]}
    kept = {"openapi": document["openapi"], "info": about, "servers": document["servers"]}
    return kept | {"paths": paths, "components": components}


def _trimmed(node: Any, *, names: bool = False) -> Any:
    """Return the node without prose. ``names``: the keys are property names, so ``description`` is data."""
    if isinstance(node, dict):
        return {
            key: _trimmed(value, names=key in ("properties", "headers", "schemas") and not names)
            for key, value in node.items()
            if names or key not in DROPPED or (key == "description" and "content" in node)
        }
    return [_trimmed(item) for item in node] if isinstance(node, list) else node


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _write(name: str, text: str) -> None:
    target = Path(__file__).parent / name
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))  # mtime 0: the same input gives the same file
    print(f"{target}: {target.stat().st_size:,} bytes")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__)
        return 2
    _write(GRAPHQL_FILE, trim_graphql(Path(arguments[0]).read_text("utf-8")))
    _write(
        OPENAPI_FILE, json.dumps(trim_openapi(json.loads(Path(arguments[1]).read_text("utf-8"))), separators=(",", ":"))
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
