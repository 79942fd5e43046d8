"""Files in: one file of answers into one frame, or an error that says what is wrong with it."""

from cxstats.readers.files import read_frame

__all__ = ["read_frame"]
