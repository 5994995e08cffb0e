"""Mutants: what a careful author could have got wrong in a file, one slip each, and who would notice."""
