"""One request at a time: sending, pacing, retries by operation class, tokens, and refusals in our words."""
