"""GitHub over REST: what GraphQL does not serve, and all reads where GraphQL is not served."""
