"""GitHub over GraphQL: queries, and their answers in the ports' nouns."""
