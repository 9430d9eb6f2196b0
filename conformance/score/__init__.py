"""How good the suites are: what share of faulty servers they catch, at the right requirement, and how often they accuse a
correct one. The only part of the engine, beside the commands, that knows the lab: it starts servers and reads reports.
"""
