"""Proofs about rules and workflows, each with a counter-example in words where it fails."""
