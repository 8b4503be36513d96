"""Results of compare.py as a table for a terminal and as a page that needs nothing beside it."""
import html
import json
import math

COLOURS = {"mlc": "#1668b8", "ort": "#9aa5b1", "openvino": "#c2a878", "litert": "#8fb39a", "iree": "#b08fb3"}


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else float("nan")


def milliseconds(seconds):
    return "-" if seconds is None else "%.4g" % (seconds * 1e3)


def ratios(results):
    return [r["ratio"] for r in results if r["ratio"] is not None]


def table(results, engines):
    rows = [["model", "threads"] + ["%s ms" % e for e in engines] + ["best peer", "ratio", "p10-p90"]]
    for r in results:
        spread = "" if r["ratio"] is None else "%.2f-%.2f" % tuple(r["spread"])
        rows.append([r["model"], str(r["threads"])] + [milliseconds(r["seconds"].get(e)) for e in engines]
                    + [r["best"] or "-", "-" if r["ratio"] is None else "%.2f" % r["ratio"], spread])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))) for row in rows]
    for r in results:
        lines += ["%s, %d threads, %s: %s" % (r["model"], r["threads"], e, why) for e, why in r["problems"].items()]
    for threads in sorted({r["threads"] for r in results}):
        some = ratios([r for r in results if r["threads"] == threads])
        lines.append("%d threads: geometric mean %.2f over %d models, lowest %.2f" % (threads, geometric_mean(some), len(some), min(some, default=float("nan"))))
    return "\n".join(lines)


def bars(result, engines):
    known = [(e, result["seconds"][e]) for e in engines if result["seconds"].get(e)]
    longest = max((s for _, s in known), default=1)
    parts = []
    for i, (engine, seconds) in enumerate(known):
        width = 420 * seconds / longest
        parts.append('<rect x="80" y="%d" width="%.1f" height="14" fill="%s"/><text x="74" y="%d" text-anchor="end">%s</text>'
                     '<text x="%.1f" y="%d">%s ms</text>' % (i * 20, width, COLOURS.get(engine, "#888"), i * 20 + 11, engine, 86 + width, i * 20 + 11,
                                                            milliseconds(seconds)))
    return '<svg width="620" height="%d">%s</svg>' % (20 * len(known), "".join(parts))


def page(results, engines, machine):
    cells = []
    for r in results:
        ratio = "no figure" if r["ratio"] is None else "%.2f &times; %s (%.2f&ndash;%.2f)" % (r["ratio"], r["best"], *r["spread"])
        problems = "".join("<p>%s: %s</p>" % (html.escape(e), html.escape(why)) for e, why in r["problems"].items())
        cells.append("<section><h2>%s, %d threads</h2><p>%s</p>%s%s</section>" % (html.escape(r["model"]), r["threads"], ratio, bars(r, engines), problems))
    means = ["%d threads: %.2f" % (t, geometric_mean(ratios([r for r in results if r["threads"] == t]))) for t in sorted({r["threads"] for r in results})]
    style = "body{font:14px system-ui;margin:2em auto;max-width:46em}svg text{font:11px system-ui}h2{font-size:1.05em;margin:1.4em 0 .2em}p{margin:.2em 0}"
    return ('<!doctype html><meta charset="utf-8"><title>mlc beside its peers</title><style>%s</style><h1>mlc beside its peers</h1><p>%s</p>'
            "<p>Medians of runs that took turns; a ratio above 1: mlc is faster than the best peer. Geometric mean, %s.</p>%s"
            '<script type="application/json">%s</script>') % (style, html.escape(machine), "; ".join(means), "".join(cells), json.dumps(results).replace("<", "\\u003c"))
