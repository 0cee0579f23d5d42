"""Questions about what holds, each answered yes, no or unknown. Pure."""
