"""The writes that a decision asks for. Each kind of step is defined once: its data, field, requests and refusal."""
