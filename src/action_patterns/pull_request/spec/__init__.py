"""The caller's spec of a pull request, resolved into the desired state. Pure."""
