"""What a change of workflow files means: two versions told apart, and a proposed one over what has been."""
