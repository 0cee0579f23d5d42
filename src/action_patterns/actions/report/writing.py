"""Write a report where the workflow uploads it from. report and distribute share it."""

from __future__ import annotations

from dataclasses import dataclass

from action_patterns.ports.bundle import Ports
from action_patterns.report.build import Rendered


@dataclass(frozen=True, slots=True)
class Written:
    """The absolute paths of the files."""

    path: str
    html: str
    junit: str
    """Empty: no JUnit XML was asked for."""


def write(rendered: Rendered, junit_xml: str, artifact_name: str, ports: Ports) -> Written:
    """Write run-report.json, report.html, the log, and junit.xml unless it is empty.

    HTML has no input as JUnit has: it needs no library, and an unexpected failure needs it most.
    """
    for line in rendered.text.splitlines():
        ports.log.info(line)
    folder = f"action-patterns/{artifact_name}"
    return Written(
        path=ports.files.write(f"{folder}/run-report.json", rendered.report.encode()),
        html=ports.files.write(f"{folder}/report.html", rendered.html),
        junit=ports.files.write(f"{folder}/junit.xml", junit_xml) if junit_xml else "",
    )
