"""The EDN reader `edn_format` as the oracle tests use it.

Each line of stdin is an EDN text. Each line of stdout is `ok`, what was read as `drawn` writes it and how edn_format prints
it, or `err` and why; fields are separated by tabs, newlines and backslashes escaped. The notation of `drawn` is that of
crates/wat/tests/oracles/drawing.rs.
"""
import datetime
import decimal
import fractions
import math
import re
import struct
import sys
import uuid

import edn_format
from edn_format.char import Char
from edn_format.edn_lex import MetadataValue
from edn_format.immutable_dict import ImmutableDict
from edn_format.immutable_list import ImmutableList

sys.setrecursionlimit(20000)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Tagged(edn_format.TaggedElement):
    """A value under a tag that has no class of its own."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def __str__(self):
        return "#{} {}".format(self.name, edn_format.dumps(self.value))

    def __eq__(self, other):
        return isinstance(other, Tagged) and (self.name, self.value) == (other.name, other.value)

    def __hash__(self):
        return hash((self.name, self.value))


def hexed(text):
    return text.encode("utf-8", "surrogatepass").hex()


def drawn(v):
    if v is None:
        return "nil"
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        return "i%d" % v
    if isinstance(v, float):
        return "fnan" if math.isnan(v) else "f" + struct.pack(">d", v).hex()
    if isinstance(v, decimal.Decimal):
        sign, digits, exponent = v.as_tuple()
        return "d%s%d/%d" % ("-" if sign else "", int("".join(map(str, digits))), -exponent)
    if isinstance(v, fractions.Fraction):
        return "r%s" % v
    if isinstance(v, MetadataValue):
        return "^%s %s" % (drawn(v.metadata), drawn(v.value))
    if isinstance(v, Char):
        return "c%x" % ord(v)
    if isinstance(v, str):
        return "s" + hexed(v)
    if isinstance(v, edn_format.Keyword):
        return "k" + hexed(v.name)
    if isinstance(v, edn_format.Symbol):
        return "y" + hexed(v.name)
    if isinstance(v, tuple):
        return "(" + " ".join(map(drawn, v)) + ")"
    if isinstance(v, ImmutableList):
        return "[" + " ".join(map(drawn, v)) + "]"
    if isinstance(v, frozenset):
        return "#{" + " ".join(sorted(map(drawn, v))) + "}"
    if isinstance(v, ImmutableDict):
        return "{" + " ".join(sorted(drawn(key) + " " + drawn(item) for key, item in v.items())) + "}"
    if isinstance(v, Tagged):
        return "#" + hexed(v.name) + " " + drawn(v.value)
    if isinstance(v, uuid.UUID):
        return "u" + v.hex
    if isinstance(v, datetime.datetime):
        return "@%d" % ((v - EPOCH) // datetime.timedelta(microseconds=1) * 1000)
    raise TypeError(type(v).__name__)


def line(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def main():
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n", errors="backslashreplace")
    known = set()
    for text in sys.stdin:
        text = text[:-1]
        # It reads no tag that it was not told of.
        for tag in re.findall(r"#([A-Za-z][^\s\"\[\](){},;]*)", text):
            if tag not in known and tag not in ("inst", "uuid"):
                known.add(tag)
                edn_format.add_tag(tag, lambda value, tag=tag: Tagged(tag, value))
        try:
            value = edn_format.loads(text)
            answer = "ok\t" + line(drawn(value)) + "\t" + line(edn_format.dumps(value))
        except Exception as error:
            answer = "err\t" + line("%s: %s" % (type(error).__name__, error))
        print(answer)


main()
