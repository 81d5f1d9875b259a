#!/usr/bin/env python3
"""The desk's report computed a second time, in plain Python, from the same stated rules.

    python3 examples/desk/check.py < examples/desk/small.log

prints byte for byte what `wat --in lines examples/desk/desk.wat` prints, as long as the log stays within the
numbers up to which the desk is exact. It shares no code with the desk.
"""

import calendar
import collections
import datetime
import math
import re
import sys

LIMIT = 10_000  # distinct sizes, paths and clients with errors
RECORD = re.compile(
    r'([^ "]+) [^ "]* [^ "]* \[([^ "]*) ([^ "]*)\] "([^"]*)" ([^ "]*) ([^ "]*) "[^"]*" "[^"]*"', re.DOTALL)
REQUEST = re.compile(r"[A-Z]+ (/[^ ]*) HTTP/[^ ]*", re.DOTALL)
TIME = re.compile(r"([0-9]{2})/([A-Z][a-z]{2})/([0-9]{4}):([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def seconds_of(text):
    """Seconds since 1970, or None."""
    m = TIME.fullmatch(text)
    if not m or m[2] not in MONTHS:
        return None
    year, month, day = int(m[3]), MONTHS.index(m[2]) + 1, int(m[1])
    hour, minute, second = int(m[4]), int(m[5]), int(m[6])
    hours, minutes = int(m[8]), int(m[9])
    if not (1970 <= year <= 2199 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    if hour > 23 or minute > 59 or second > 59 or hours > 23 or minutes > 59:
        return None
    offset = (hours * 3600 + minutes * 60) * (1 if m[7] == "+" else -1)
    return calendar.timegm((year, month, day, hour, minute, second)) - offset


def parse(line):
    """(client, seconds, path, status, size), or the reason why it is none."""
    m = RECORD.fullmatch(line.replace('\\"', "%22"))
    if not m:
        return "not a whole record"
    client, day, zone, request, status, size = m.groups()
    if not re.fullmatch(r"[1-5][0-9]{2}", status):
        return "status"
    if size != "-" and not re.fullmatch(r"[0-9]{1,12}", size):
        return "size"
    r = REQUEST.fullmatch(request)
    if not r:
        return "request"
    seconds = seconds_of(day + " " + zone)
    if seconds is None:
        return "time"
    return client, seconds, r[1].split("?")[0], int(status), 0 if size == "-" else int(size)


class Errors:
    """The errors of one client: times in a row, and the burst under way."""

    def __init__(self):
        self.times, self.burst = [], None


def bursts_of(records):
    """Bursts in the order in which they are found: [client, first, count]."""
    clients, found = collections.defaultdict(Errors), []
    for client, seconds, _, status, _ in records:
        if status < 400:
            continue
        e = clients[client]
        e.times = [t for t in e.times if seconds - t <= 60][-9:] + [seconds]
        if len(e.times) == 10:
            if e.burst is None:
                e.burst = [client, e.times[0], 10]
                found.append(e.burst)
            else:
                e.burst[2] += 1
        elif e.burst is not None:
            e.times, e.burst = [seconds], None
    assert len(clients) <= LIMIT, "more clients than the desk is exact for"
    return found


def text(s):
    """A string as EDN."""
    out = []
    for c in s:
        if c in '"\\':
            out.append("\\" + c)
        elif c in "\n\r\t":
            out.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}[c])
        elif ord(c) < 32 or 127 <= ord(c) < 160:
            out.append("\\u%04x" % ord(c))
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def struct(name, *fields):
    return "#desk.report/%s {%s}" % (name, " ".join(":%s %s" % f for f in fields))


def vector(items):
    return "[" + " ".join(items) + "]"


def main():
    data = sys.stdin.buffer.read()
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    records, malformed = [], []
    for number, raw in enumerate(lines, 1):
        try:
            outcome = parse(raw.removesuffix(b"\r").decode())
        except UnicodeDecodeError:
            outcome = "not a whole record"
        if isinstance(outcome, str):
            malformed.append((number, outcome))
        else:
            records.append(outcome)

    sizes = sorted(r[4] for r in records)
    assert len(set(sizes)) <= LIMIT, "more sizes than the desk is exact for"

    def rank(percent):
        return sizes[math.ceil(len(sizes) * percent / 100) - 1] if sizes else "nil"

    paths = collections.Counter(r[2] for r in records)
    assert len(paths) <= LIMIT, "more paths than the desk is exact for"
    top = sorted(paths.items(), key=lambda p: (-p[1], p[0].encode()))[:10]
    classes = collections.Counter(r[3] // 100 for r in records)
    bursts = bursts_of(records)

    print(struct(
        "Report",
        ("lines", len(lines)),
        ("malformed", len(malformed)),
        ("first-malformed", vector(struct("Malformed", ("line", n), ("reason", text(why))) for n, why in malformed[:10])),
        ("classes", struct("Classes", *((name, classes[i]) for i, name in enumerate(
            ["informational", "success", "redirection", "client-error", "server-error"], 1)))),
        ("sizes", struct(
            "Sizes", ("count", len(sizes)), ("sum", sum(sizes)),
            ("min", sizes[0] if sizes else "nil"), ("max", sizes[-1] if sizes else "nil"),
            ("p50", rank(50)), ("p90", rank(90)), ("p99", rank(99)), ("within", 0))),
        ("paths", struct(
            "Paths",
            ("top", vector(struct("PathCount", ("path", text(p)), ("count", n), ("over", 0)) for p, n in top)),
            ("over", 0))),
        ("bursts", struct(
            "Bursts", ("found", len(bursts)),
            ("listed", vector(
                struct("Burst", ("client", text(client)),
                       ("first", '#inst "%s"' % datetime.datetime.fromtimestamp(
                           first, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")),
                       ("count", n))
                for client, first, n in bursts[:1000])),
            ("missed", 0))),
        ("approximate", "false")))


if __name__ == "__main__":
    main()
