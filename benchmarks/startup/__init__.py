"""CPU time of new `hwc` processes, as multiples of an empty Python process (target P12)."""
