"""Discovery: which repositories are targets, and the plan of a run. Pure; GitHub arrives as a port."""
