"""CPU time and memory of `hwc compile` for every example, and of checks and queries at 10,000 and 100,000 accelerators."""
