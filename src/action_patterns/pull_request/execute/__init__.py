"""Send the steps of a decision, and keep account of the rounds."""
