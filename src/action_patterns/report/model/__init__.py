"""Plan and records into one RunReport. Pure."""
