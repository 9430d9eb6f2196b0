"""Generated examples take as long as they take."""

from hypothesis import settings

settings.register_profile("release", parent=settings.default, deadline=None)
settings.load_profile("release")
