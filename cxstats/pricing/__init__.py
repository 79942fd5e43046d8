"""Prices: what customers would pay, and what experience adds to it."""
