"""Mutation testing of the suites: the lab's own protocol handler is changed, one small thing at a time, and judged by them.

The seeded faults are what somebody thought of. Mutants are not; a mutant that a client can see and the suites cannot is a gap
of the suites, a difference that the protocol leaves open, or one that only looks like a difference.
"""
