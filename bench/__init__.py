"""The benchmark: a repository that it makes itself, and what is measured on it."""
