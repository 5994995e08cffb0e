"""Workflow files: read with every problem in them, resolved, checked, and made into definitions."""
