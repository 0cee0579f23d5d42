"""A filter of a selection inside needs its facts, also of repositories that a team or a search lists: without them each
repository would look like one without the file or the property.
"""

from __future__ import annotations

from typing import Any

from support.editions import first_on
from support.selecting import discovered, world
from support.stage import stage

pytestmark = first_on("full", "no-graphql", why="Each reads facts of repositories in its own way.")

SEED: dict[str, Any] = world(
    [
        {"name": "acme/api", "teams": {"platform": "push"}, "files": {"go.mod": "module x\n"}},
        {"name": "acme/site", "teams": {"platform": "push"}, "properties": {"team": "web"}},
        {"name": "acme/shop", "teams": {"platform": "push"}, "files": {"go.mod": "x\n"}, "properties": {"team": "web"}},
        {"name": "acme/tool", "topics": ["go"], "files": {"go.mod": "module x\n"}},
    ]
)


def test_a_selection_inside_reads_the_files_and_properties_that_it_filters_by() -> None:
    with stage(SEED) as scene:
        found = discovered(
            scene,
            teams=("acme/platform",),
            search=("org:acme topic:go",),
            all_of=({"owners": ("acme",), "has_file": "go.mod"},),
            none_of=({"teams": ("acme/platform",), "properties": {"team": "web"}},),
        )
    assert found.targets == ["acme/api", "acme/tool"]
    assert found.excluded == {"acme/shop": "in-none-of", "acme/site": "in-none-of"}
    assert found.warnings == ()


def test_a_repository_that_only_a_team_lists_is_read_with_its_facts() -> None:
    with stage(SEED) as scene:
        found = discovered(scene, any_of=({"teams": ("acme/platform",), "types": "go"},))
    assert found.targets == ["acme/api", "acme/shop"]
    assert found.excluded == {"acme/site": "type"}
