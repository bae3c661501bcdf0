"""Texts that are the same or say the same: duplicates, reprints, repeated quotations, language versions."""
