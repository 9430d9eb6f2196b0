"""Generated examples take as long as they take: a slow machine is no failure."""

from hypothesis import settings

settings.register_profile("engine", parent=settings.default, deadline=None)
settings.load_profile("engine")
