"""Doubles of actions/upload-artifact and actions/download-artifact, and their shared client."""
