"""A made-up season: pictures, tracks and counts drawn from a number, so that tests, benchmarks and newcomers share one.

Nothing in it is real; every name says so, and the same number always gives the same bytes.
"""
