"""The class of a failed command follows from its tool's own words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.resilience.classify import LINES, classes_of_status, classify
from action_patterns.resilience.failed_command import FailureClass, classes_of
from action_patterns.resilience.messages import CURL_PERMANENT, CURL_TRANSIENT, FOLLOWS, PHRASES, judge_status
from support.failed_commands import SAMPLES, Sample

NOW = 1_000_000.0


def ids(sample: Sample) -> str:
    return f"{sample.tool}-{sample.failure_class}-{sample.output.strip()[:30]}"


@pytest.mark.parametrize("sample", SAMPLES, ids=ids)
def test_a_real_output_has_the_class_that_a_person_would_give_it(sample: Sample) -> None:
    failure = classify(sample.exit_code, sample.output, now=NOW)
    assert (failure.failure_class, failure.status) == (sample.failure_class, sample.status)
    assert failure.evidence


@pytest.mark.parametrize("sample", SAMPLES, ids=ids)
def test_colours_and_carriage_returns_hide_nothing(sample: Sample) -> None:
    coloured = "".join(f"\x1b[31m{line}\x1b[0m\r" for line in sample.output.splitlines())
    assert classify(sample.exit_code, coloured, now=NOW)[:2] == (sample.failure_class, sample.status)


def test_every_tool_of_the_table_has_samples_and_every_sample_a_source() -> None:
    assert {"git", "curl", "npm", "pip", "docker", "apt", "gh"} <= {sample.tool for sample in SAMPLES}
    assert all(sample.source for sample in SAMPLES)
    assert {"transient", "permanent", "conflict", "rate-limited"} <= {sample.failure_class for sample in SAMPLES}


@pytest.mark.parametrize(
    "text",
    [
        "processed 500 items",
        "took 429 ms",
        'File "x.py", line 503, in <module>',
        "404 tests passed",
        "502",
        "error 503 of 900",
        "exit status 500",
        "expected 404, got 200",
        "port 503 is open",
        "HTTP server listens on 8500",
        "HTTP/2 200",
        "assert response.status_code == 404",
        "2 passed, 1 failed in 4.29s",
        "commit 5030000 of branch (HTTP)",
    ],
)
def test_a_number_is_no_status(text: str) -> None:
    failure = classify(1, f"{text}\n", now=NOW)
    assert (failure.failure_class, failure.status, failure.evidence) == ("unknown", None, "")


@pytest.mark.parametrize(
    ("exit_code", "expected"),
    [
        *((code, "killed") for code in (129, 130, 137, 139, 141, 143)),
        *((code, "permanent") for code in (126, 127)),
        *((code, "unknown") for code in (1, 125, 128, 255)),
    ],
)
def test_an_exit_code_alone(exit_code: int, expected: FailureClass) -> None:
    assert classify(exit_code, "", now=NOW).failure_class == expected
    assert (classes_of(exit_code) or {expected}) == {expected}


@pytest.mark.parametrize(
    ("exit_code", "output", "evidence"),
    [
        (127, "/tmp/x/script.sh: line 3: nope: command not found\n", "line 3: nope: command not found"),
        (127, "sh: 1: nope: not found\n", "sh: 1: nope: not found"),
        (127, "", "A program was not found."),
        (126, "/tmp/x/script.sh: line 1: ./a: Permission denied\nx: denied", "x: denied"),
        (
            126,
            "/tmp/x/script.sh: line 1: ./a: cannot execute: required file not found\n",
            "line 1: ./a: cannot execute",
        ),
        (126, "", "A program may not run."),
        (137, "Killed\n", "SIGKILL (9) ended the command."),
        (130, "", "SIGINT (2) ended the command."),
        (162, "", "Signal 34 ended the command."),
    ],
)
def test_the_message_of_the_shell_is_the_evidence(exit_code: int, output: str, evidence: str) -> None:
    assert classify(exit_code, output, now=NOW).evidence.startswith(evidence)


def test_a_signal_or_the_end_of_time_counts_before_what_was_printed() -> None:
    said = "curl: (22) The requested URL returned error: 404\n"
    assert classify(137, said, now=NOW).failure_class == "killed"
    timed_out = classify(124, said, now=NOW, timed_out=True)
    assert (timed_out.failure_class, timed_out.status) == ("timed-out", 404)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (
            "curl: (22) The requested URL returned error: 503",
            "curl: (22) The requested URL returned error: 404",
            "permanent",
        ),
        (
            "curl: (22) The requested URL returned error: 404",
            "curl: (22) The requested URL returned error: 503",
            "transient",
        ),
        ("curl: (22) The requested URL returned error: 404", "Connection reset by peer", "transient"),
        ("fatal: early EOF", "remote: Repository not found.", "permanent"),
    ],
)
def test_the_last_line_that_says_something_counts(first: str, second: str, expected: FailureClass) -> None:
    assert classify(1, f"{first}\nsome text\n{second}\nmore text\n", now=NOW).failure_class == expected


def test_a_line_far_above_the_end_does_not_count() -> None:
    said = "curl: (22) The requested URL returned error: 404\n"
    assert classify(1, said + "line\n" * (LINES - 1), now=NOW).failure_class == "permanent"
    assert classify(1, said + "line\n" * LINES, now=NOW).failure_class == "unknown"


@pytest.mark.parametrize(
    ("script", "exit_code", "expected"),
    [
        ("curl -sf https://a/b?c=1", 28, "transient"),
        ("curl -sf 'https://a/b?c=1&d=2' \\\n  --output b", 7, "transient"),
        ("curl -sf https://a", 60, "permanent"),
        ("curl -sf https://a", 22, "unknown"),
        ("curl -sf https://a\npython check.py", 3, "unknown"),
        ("python check.py", 28, "unknown"),
        ("curl -sf https://a | tar x", 3, "unknown"),
        ("curl -sf https://a && ./check", 3, "unknown"),
        ("curl -sf $(./check)", 3, "unknown"),
    ],
)
def test_the_exit_code_of_curl_counts_where_nothing_else_ran(
    script: str, exit_code: int, expected: FailureClass
) -> None:
    assert classify(exit_code, "", now=NOW, script=script).failure_class == expected


@pytest.mark.parametrize(
    ("output", "seconds"),
    [
        ("HTTP/2 503\nretry-after: 30\n", 30.0),
        ("< HTTP/1.1 429 Too Many Requests\r\n< Retry-After: 7\r\n", 7.0),
        ("HTTP/2 503\nretry-after: 5\n\nHTTP/2 503\nretry-after: 9\n", 9.0),
        ("HTTP/2 503\nretry-after: Mon, 12 Jan 1970 13:47:40 GMT\n", 60.0),
        ("HTTP/2 403\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 1000059\n", 60.0),
        ("HTTP/2 403\nx-ratelimit-remaining: 12\nx-ratelimit-reset: 1000059\n", None),
        ("HTTP/2 503\nretry-after: soon\n", None),
        ("HTTP/2 503\nretry-after: -1\n", None),
        ("I retry after: 30\n", None),
        ("HTTP/2 503\n", None),
    ],
)
def test_the_time_that_a_server_names_is_read(output: str, seconds: float | None) -> None:
    wait_until = classify(22, output, now=NOW).wait_until
    assert (None if wait_until is None else wait_until - NOW) == seconds
    assert datetime.fromtimestamp(NOW + 60, UTC).strftime("%d %b %H:%M:%S") == "12 Jan 13:47:40"


@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_that_names_a_limit_is_one_and_another_is_none(status: int) -> None:
    limits = ("retry-after: 30", "x-ratelimit-remaining: 0", '{"message": "API rate limit exceeded for user ID 1"}')
    refusal = f"curl: (22) The requested URL returned error: {status}\n"
    for line in limits:
        assert classify(22, f"{line}\n{refusal}", now=NOW).failure_class == "rate-limited"
    plain = classify(22, f"x-ratelimit-remaining: 12\n{refusal}", now=NOW).failure_class
    assert plain == ("permanent" if status == 403 else "rate-limited")


@pytest.mark.parametrize("status", range(400, 600))
def test_every_status_has_one_class(status: int) -> None:
    expected = {429: "rate-limited", 408: "transient", 425: "transient", 409: "conflict", 412: "conflict"}
    fallback = "permanent" if status < 500 or status in (501, 505, 506, 508, 510, 511) else "transient"
    assert judge_status(status) == expected.get(status, fallback)
    assert judge_status(status) in classes_of_status(status)


def test_phrases_are_in_lower_case_and_stand_for_one_judgement() -> None:
    phrases = [phrase for table in (PHRASES, FOLLOWS) for each in table.values() for phrase in each]
    assert phrases == [phrase.lower() for phrase in phrases]
    assert len(phrases) == len(set(phrases))
    assert not CURL_TRANSIENT & CURL_PERMANENT


@given(st.integers(1, 255), st.text(), st.booleans())
def test_every_failure_has_a_class(exit_code: int, output: str, timed_out: bool) -> None:
    failure = classify(exit_code, output, now=NOW, timed_out=timed_out, script=output)
    assert (failure.failure_class == "timed-out") == timed_out
    assert failure.status is None or 400 <= failure.status < 600
