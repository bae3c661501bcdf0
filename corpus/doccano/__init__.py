"""Labelling in Doccano: a local server, projects with label types and guideline, units there and labels back.

``server`` starts a server for people who have none; ``client`` talks to any; ``units`` cuts documents into what a
person sees as one example; ``project``, ``push`` and ``pull`` carry them there and back.
"""
