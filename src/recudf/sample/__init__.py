"""A sample that the project makes itself: a shop's catalogue, its users, and interests planted among them."""

from recudf.sample.generate import Sample, make_sample, write_sample
from recudf.sample.parameters import SampleParameters

__all__ = ["Sample", "SampleParameters", "make_sample", "write_sample"]
