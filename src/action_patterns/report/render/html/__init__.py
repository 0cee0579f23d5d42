"""RunReport -> one HTML file that needs nothing but itself: no other file, no network, and JavaScript only for comfort.

page.py        the document, and the policy under which nothing but its own style and script can ever run
sections.py    verdict, numbers, what to do, causes, what changed, what would be sent, what was left out
charts.py      the outcomes as a bar, the API budget over time
timeline.py    every target from start to finish
table.py       every target as data for the script, and the first of them as rows for readers without it
page.css, page.js   shipped as they are, and hashed for the policy
"""

from action_patterns.report.render.html.page import render

__all__ = ["render"]
