"""The way on after a failure: which request may be sent again, how often and after which wait, and which failed
command may run again. Pure.
"""
