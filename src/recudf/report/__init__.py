"""One HTML file that shows what a build made. Data comes in as plain values, read by `engines/reports.py`."""

from recudf.report.assemble import page
from recudf.report.projection import project

__all__ = ["page", "project"]
