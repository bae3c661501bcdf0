"""Readers under bytes of any kind: small sources of every format, and what must hold whatever becomes of them."""
