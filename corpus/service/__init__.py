"""The recommender: an HTTP service that proposes labels for a text, as Doccano's auto-labelling asks for them."""
