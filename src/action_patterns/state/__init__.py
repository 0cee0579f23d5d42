"""What outlives a run: markers, and what a run may do given the marker it finds. Pure."""
