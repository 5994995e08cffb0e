"""Examples: what an author of workflow files says must come out, and whether it does."""
