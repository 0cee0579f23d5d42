"""The writes a decision asks for, as data."""
