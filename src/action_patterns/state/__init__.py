"""State that outlives a run: markers, and the decision of a run that finds one. Pure."""
