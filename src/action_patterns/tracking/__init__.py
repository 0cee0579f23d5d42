"""One issue or comment that says how a campaign stands. Pure; GitHub arrives as a port."""
