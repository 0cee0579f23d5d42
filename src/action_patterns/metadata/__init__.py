"""Files about the actions, generated from the models that define them: `make metadata`, or `--check` in CI.

`actions/<name>/action.yml`, the marked blocks of the READMEs, and the JSON Schemas of the documents that cross a
process all come from here, so none of them can say something else than the code.
"""

from action_patterns.metadata.checklist import gaps
from action_patterns.metadata.generate import Generated, generate

__all__ = ["Generated", "gaps", "generate"]
