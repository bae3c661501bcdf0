"""The main job on bundled texts: from a speech and a news report to quotations, themes, statistics and files."""

from corpus.demo.run import Demo, run_demo

__all__ = ["Demo", "run_demo"]
