"""Prints rows of figures: one line as they come, and a table of medians with ratios at the end."""
import statistics

SHOWN = ["mb_s", "broker_nojit_cpu_s_per_gb", "broker_nojit_cpu_us_per_request", "transactions_s", "broker_nojit_cpu_us_per_transaction", "all_nojit_cpu_s_per_gb", "e2e_p99_ms", "gap_ms", "other_gap_ms", "in_sync_ms", "new_topic_ms", "left_mb", "written_mb", "all_leaders_ms", "restart_ms", "kb_per_partition",
         "ready_ms", "startup_cpu_s", "rss_mb", "all_idle_cores", "link_idle_cores", "all_rss_mb",
         "threads", "caught_up_ms", "stable_ms", "taken_over_ms", "first_answer_ms", "broker_cores", "broker_nojit_cpu_us_per_commit", "commit_p99_ms", "limit", "foreign_share", "errors", "lost", "duplicates", "read_again", "never_seen", "failed"]


def line(row):
    figures = [f"{key}={row[key]:.3f}" if isinstance(row[key], float) else f"{key}={row[key]}" for key in SHOWN if row.get(key) is not None]
    return f"  [{row['round']}] {row['sut']:10} {row['workload']}/{row['case']}: {' '.join(figures)}"


UNCOMPARED = {"round", "mb", "seconds", "requests", "transactions", "records", "sent", "steady_records", "acknowledged", "leaders", "ok", "read_before"}


def values(rows, case, sut, figure):
    return [row[figure] for row in rows if (row["workload"], row["case"]) == case and row["sut"] == sut
            and isinstance(row.get(figure), (int, float)) and not isinstance(row[figure], bool)]


def table(rows):
    """Ratios are medians over rounds of other/first: the two sides of a round ran one after the other."""
    names = list(dict.fromkeys(row["sut"] for row in rows))
    cases = list(dict.fromkeys((row["workload"], row["case"]) for row in rows))
    if not rows:
        return
    print(f"\n{'workload/case':50} {'figure':34}" + "".join(f"{name:>12}" for name in names)
          + "".join(f"{name + '/' + names[0]:>18}{'(least..most)':>16}" for name in names[1:]))
    for case in cases:
        figures = dict.fromkeys(key for row in rows if (row["workload"], row["case"]) == case for key in row)
        label = "/".join(case)
        for figure in figures:
            measured = {name: values(rows, case, name, figure) for name in names}
            if figure in UNCOMPARED or not any(measured.values()):
                continue
            cells = "".join(f"{statistics.median(measured[name]):>12.3f}" if measured[name] else f"{'-':>12}" for name in names)
            print(f"{label:50} {figure:34}{cells}" + "".join(ratio(measured[names[0]], measured[name]) for name in names[1:]))
            label = ""


def ratio(first, other):
    pairs = [after / before for before, after in zip(first, other) if abs(before) > 1e-6]
    return f"{statistics.median(pairs):>18.3f}{f'{min(pairs):.2f}..{max(pairs):.2f}':>16}" if pairs else f"{'-':>18}{'':>16}"
