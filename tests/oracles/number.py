"""The bits of the f64 that Python reads in each line."""
import struct
import sys

for line in sys.stdin:
    print(struct.pack(">d", float(line)).hex())
