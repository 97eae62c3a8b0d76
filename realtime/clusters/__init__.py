"""The cluster's manager on this node: CLUSTERPRO by its own commands and REST status, or any program."""
