"""Results in, text out. Pure: no clock, no files, no network.

aggregate.py   plan + records -> RunReport, the one model every channel renders
compare.py     this report and the previous run's -> what is different
since.py       the differences, rendered
spending.py    results -> requests to GitHub over time
needs.py       what the `needs` context says about the jobs before
legs.py        which job of the run worked on which targets
guides.py      where a reason is explained
missing.py     why a target has no record, and what to do about it
fail_on.py     verdict -> exit code, as the caller defined failure
markdown.py    RunReport -> the job summary at one level of detail
               (parts: headline, tables, since, folded, budget, chart; of a green run: green)
annotations.py RunReport -> annotations beside the run, at most one per cause
layout.py      the levels of detail, and the first of them that fits the sink
comment.py     RunReport -> a comment's or an issue's text, within its limit
plain_text.py  RunReport -> logs and terminals
junit.py       RunReport -> JUnit XML
html/          RunReport -> one HTML file for a browser
escape.py      one escaping function per sink
summarise.py   all of it in one call
"""
