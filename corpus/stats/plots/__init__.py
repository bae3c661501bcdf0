"""Pictures: Altair charts as SVG, PNG or HTML, without a network, readable in Kazakh and without colour vision.

Each ``plot_`` function takes the frame that its measure returns and gives an Altair chart, which `save` writes.
"""

from corpus.stats.plots.drawing import FONT, PALETTE, SUFFIXES, check_plot_file, dress, largest_groups, save, svg
from corpus.stats.plots.network import plot_network
from corpus.stats.plots.strips import MOST_STRIPS, plot_dispersion, plot_strips
from corpus.stats.plots.texts import MOST_TEXTS, plot_measures, plot_similarity
from corpus.stats.plots.themes import TIMES, plot_themes
from corpus.stats.plots.trends import plot_timeline, plot_versions
from corpus.stats.plots.words import plot_frequency, plot_keyness

__all__ = [
    "FONT",
    "MOST_STRIPS",
    "MOST_TEXTS",
    "PALETTE",
    "SUFFIXES",
    "TIMES",
    "check_plot_file",
    "dress",
    "largest_groups",
    "plot_dispersion",
    "plot_frequency",
    "plot_keyness",
    "plot_measures",
    "plot_network",
    "plot_similarity",
    "plot_strips",
    "plot_themes",
    "plot_timeline",
    "plot_versions",
    "save",
    "svg",
]
