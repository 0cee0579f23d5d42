"""GitHub's GraphQL API: the published schema, trimmed to the fields of ``resolvers``, executed by graphql-core."""
