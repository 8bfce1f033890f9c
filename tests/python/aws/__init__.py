"""AWS's documented behaviours, one function each, to run against an AWS stand-in: see suite.py."""
