"""Hostile copies of laboratory files: each made from a number, so that it can be made again."""
