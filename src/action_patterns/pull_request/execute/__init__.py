"""Send the steps of a decision, and price each refusal: a field, the round, or the target."""
