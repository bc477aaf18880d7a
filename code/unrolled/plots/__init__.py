"""Drawing: every function takes arrays and an `Axes`, draws, and returns the `Axes`.

Nothing here trains, reads files, shows or saves. The submodules follow the parts of the book.
"""

from unrolled.plots.style import COLOURS, new_axes, use_course_style

__all__ = ["COLOURS", "new_axes", "use_course_style"]
