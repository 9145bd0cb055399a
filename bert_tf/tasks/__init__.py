"""Tasks by name: what each reads, its labels, and how it is measured."""
