"""What differs, from which base, and whom it concerns. Pure."""
