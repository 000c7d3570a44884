"""Performance of networks: loads, rates, flows and studies, each at the lowest level that can tell."""
