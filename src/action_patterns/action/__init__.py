"""The parts of every action."""
