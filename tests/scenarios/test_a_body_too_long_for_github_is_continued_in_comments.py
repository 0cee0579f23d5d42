"""More than 65,536 characters: the whole text is there, in the body and in comments that it links to."""

from __future__ import annotations

import re
from itertools import count

from action_patterns.pull_request.ownership.marker import block_of
from support.people import settled, target
from support.stage import Stage, desired_state, stage

LIMIT = 65_536


def text(lines: int, *, start: int = 0) -> str:
    return "".join(
        f"{number:06} 日本 a line of a changelog, of which there are many \U0001f600\n"
        for number in range(start, lines)
    )


def whole(scene: Stage) -> str:
    """What a reader finds: the block, then the comments it links to, in that order."""
    pull = target(scene).pull(1)
    block, continued, _ = (block_of(pull.body) or "").partition("\n\n*Continued in comments: ")
    parts = [comment.partition("\n")[2] for comment in pull.comments]
    assert bool(continued) == bool(parts)
    return "\n".join(part.strip("\n") for part in [block, *parts])


def test_the_whole_text_is_there_and_the_body_links_to_it() -> None:
    long = text(4_000)
    with stage() as scene:
        result = scene.upsert(desired_state(body=long))
        assert (result.outcome, result.error) == ("created", None)
        pull = target(scene).pull(1)
        assert len(pull.body) <= LIMIT
        assert all(len(comment) <= LIMIT for comment in pull.comments)
        assert whole(scene) == long.strip("\n")
        links = re.findall(r"\[part (\d)\]\([^)]*#issuecomment-\d+\)", pull.body)
        assert links == [str(n) for n, _ in zip(count(2), pull.comments, strict=False)]
        settled(scene, desired_state(body=long))


def test_it_follows_the_text_and_shrinks_with_it() -> None:
    with stage() as scene:
        for lines in (4_000, 5_000, 2_000, 3):
            asked_for = desired_state(body=text(lines))
            scene.upsert(asked_for)
            assert whole(scene) == text(lines).strip("\n")
            settled(scene, asked_for)
        assert target(scene).pull(1).comments == []


def test_what_people_say_between_and_around_stays() -> None:
    with stage() as scene:
        scene.upsert(desired_state(body=text(2_500)))
        target(scene).comment(1, "My own words.", author="alice")
        body = target(scene).pull(1).body
        target(scene).edit_pull(1, body=f"{body}\nBelow the block.\n")
        scene.upsert(desired_state(body="Short again."))
        assert target(scene).pull(1).comments == ["My own words."]
        assert "Below the block." in target(scene).pull(1).body


def test_a_comment_that_a_person_deleted_is_written_again() -> None:
    asked_for = desired_state(body=text(2_500))
    with stage() as scene:
        scene.upsert(asked_for)
        target(scene)._repository.pulls[1].comments.clear()
        assert scene.upsert(asked_for).outcome == "updated"
        assert whole(scene) == text(2_500).strip("\n")
        settled(scene, asked_for)
