"""Drawing: every function takes arrays and an `Axes`, draws, and returns the `Axes`.

Nothing here trains, reads files, shows or saves. A module is named for what its pictures show;
all colours stand in `style`.
"""

from unrolled.plots.axes import mark_level, new_axes
from unrolled.plots.style import COLOURS, use_course_style

__all__ = ["COLOURS", "mark_level", "new_axes", "use_course_style"]
