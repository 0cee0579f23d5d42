"""Results in, text out. Pure: no clock, no files, no network.

model/    plan and records -> RunReport, the one model that every channel renders
render/   RunReport -> Markdown, HTML, text, JUnit, annotations and comments, each within its limit
build.py  all of it in one call
"""
