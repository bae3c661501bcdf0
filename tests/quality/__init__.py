"""The quality gate: figures on gold files must not fall under the floors that are checked in."""
