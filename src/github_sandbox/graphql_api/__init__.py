"""GitHub's GraphQL API: the published schema, trimmed to what ``resolvers`` answers, executed by graphql-core."""
