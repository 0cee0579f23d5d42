"""Stand-ins for actions/upload-artifact and actions/download-artifact, and their one client."""
