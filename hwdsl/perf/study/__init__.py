"""Studies: what a `study` block asks, answered with bounds; `hwdsl.perf.study.run.run_studies` is the way in."""
