"""What is made to be looked at: pictures of the workflows, and pages about the cases."""
