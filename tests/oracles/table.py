"""Python's csv module as the oracle tests use it: `write` makes texts of `[delimiter, rows]`, `read` the rows of
`[delimiter, text]`; JSON, one case a line."""
import csv
import io
import json
import sys

for number, line in enumerate(sys.stdin):
    delimiter, content = json.loads(line)
    if sys.argv[1] == "write":
        text = io.StringIO(newline="")
        quoting = csv.QUOTE_ALL if number % 3 == 0 else csv.QUOTE_MINIMAL
        end = "\n" if number % 2 else "\r\n"
        csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(content)
        print(json.dumps(text.getvalue()))
    else:
        print(json.dumps(list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))))
