"""One thumbnail a line: reads {"file": ..., "width": n} and writes {"Ok": thumb} or {"Err": why}, both JSON.

A grey image in PGM's text form (P2) is scaled to the width by the mean of each cell. Nothing here knows of wat.
"""
import json
import sys


def read(path):
    with open(path) as file:
        words = [word for line in file for word in line.split("#")[0].split()]
    if words[:1] != ["P2"]:
        raise ValueError("not a P2 image")
    width, height, top = map(int, words[1:4])
    pixels = [int(word) / top for word in words[4:]]
    if len(pixels) != width * height:
        raise ValueError(f"{width * height} pixels are promised and {len(pixels)} are there")
    return width, height, pixels


def thumb(path, width):
    wide, high, pixels = read(path)
    # A letter is twice as high as it is wide.
    step = wide / width
    height = max(1, round(high / step / 2))
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            xs = range(int(x * step), max(int(x * step) + 1, int((x + 1) * step)))
            ys = range(int(y * high / height), max(int(y * high / height) + 1, int((y + 1) * high / height)))
            cell = [pixels[v * wide + u] for v in ys for u in xs]
            row.append(round(sum(cell) / len(cell), 3))
        rows.append(row)
    return {"file": path, "rows": rows}


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"Ok": thumb(request["file"], request["width"])}
    except (OSError, ValueError) as error:
        answer = {"Err": f"{request['file']}: {error}"}
    print(json.dumps(answer), flush=True)
