"""Statements that ask for far more time or memory than a report of ten rows is worth.

Each is a SELECT with the three columns of a model where it can be, so that nothing but its cost is
wrong with it. They are grouped by where the cost arises, which decides what can stop it.
"""

from __future__ import annotations

__all__ = ["EXPENSIVE", "LATE", "QUICK"]

_LONG = "(email || repeat('{}', {}))"


def _model(value: str, rest: str = "from report") -> str:
    """A model whose status hangs on a value."""
    return (
        "select email as learner, content_title, "
        f"if(({value}) is null, 'enrolled', 'started') as status {rest}"
    )


def _ctes(number: int) -> str:
    """Each expression mentions the one before twice: the plan doubles each time."""
    parts = ["a0 as (select email, content_title, 1 as n from report)"]
    parts += [
        f"a{i} as (select l.email, l.content_title, l.n + r.n as n from a{i - 1} l "
        f"join a{i - 1} r using (email))"
        for i in range(1, number)
    ]
    return (
        f"with {', '.join(parts)} select email as learner, content_title, 'enrolled' as status "
        f"from a{number - 1}"
    )


def _sums(number: int) -> str:
    """The same without rows: each column is the sum of the one before and itself."""
    parts = ["a0 as (select email, content_title, length(email) as n from report)"]
    parts += [
        f"a{i} as (select email, content_title, (n + n * {i}) % 1009 as n from a{i - 1})"
        for i in range(1, number)
    ]
    return f"with {', '.join(parts)} {_model('n', f'from a{number - 1}')}"


def _nested(opening: str, closing: str, times: int) -> str:
    return _model(opening * times + "1" + closing * times)


def _long(character: str, times: int) -> str:
    return _LONG.format(character, times)


EXPENSIVE: dict[str, str] = {
    # A scalar function: nothing in the database looks at the clock or counts the memory.
    "a list of 3 billion numbers": _model("len(range(3000000000))"),
    "a regular expression that expands": _model(
        "regexp_replace(repeat('a', 10000000), '(a?){1000}', '', 'g')"
    ),
    "a regular expression on rows": _model(
        "regexp_matches(email || repeat('ab', 20000000), '(a|b|ab)*c(a|b)*d')"
    ),
    "numbers of three million digits": _model(
        "(repeat('9', 3000000) || length(email))::bignum * repeat('7', 3000000)::bignum"
    ),
    "damerau_levenshtein": _model(f"damerau_levenshtein({_long('a', 60000)}, {_long('b', 60000)})"),
    "levenshtein": _model(f"levenshtein({_long('ab', 500000)}, {_long('ba', 500000)})"),
    "jaro_winkler": _model(
        f"jaro_winkler_similarity({_long('ab', 500000)}, {_long('ba', 500000)})"
    ),
    "jaccard": _model(f"jaccard({_long('ab', 200000000)}, {_long('ba', 200000000)})"),
    "repeat": _model("length(repeat('x', 1000000000 + length(email)))"),
    "repeat of repeat": _model("length(repeat(repeat(repeat(email, 500), 500), 500))"),
    "lpad": _model("length(lpad(email, 2147483647, 'x'))"),
    "rpad of many": _model(
        "sum(length(rpad(email, 90000000, i::varchar)))",
        "from report, range(100) t(i) group by all",
    ),
    "format": _model("length(printf('%1000000000d', length(email)))"),
    "sorting a list": _model("list_sort(range(100000000 + length(email)))[1]"),
    "list_distinct": _model("len(list_distinct(range(100000000 + length(email))))"),
    "nested lambdas": _model(
        "len(list_transform(range(30000 + length(email)), lambda x: "
        "list_sum(list_transform(range(30000), lambda y: x * y))))"
    ),
    "list_reduce that grows": _model(
        "length(list_reduce(list_transform(range(60), lambda x: email), lambda a, b: a || a || b))"
    ),
    "json": _model("length(to_json(range(100000000 + length(email)))::varchar)"),
    "a list of lists": _model(
        "len(flatten(list_transform(range(100000), lambda x: range(100000))))"
    ),
    # Rows: the database looks at its clock, and counts most of the memory.
    "an endless recursion": "with recursive n as (select 1 as i union all select i + 1 from n) "
    + _model("max(i)", "from report, n group by all"),
    "a recursion that doubles": "with recursive n as (select 1 as i union all "
    "select i + j from n, (values (0), (1)) v(j)) "
    + _model("count(*)", "from report, n group by all"),
    "a cross join": _model(
        "sum(a.i * b.i)", "from report, range(1000000) a(i), range(1000000) b(i) group by all"
    ),
    "string_agg": _model(
        "length(string_agg(email || a.i, ','))",
        "from report, range(1000000) a(i), range(1000) b(i) group by email, content_title",
    ),
    "a list of all rows": _model(
        "len(list(a.i || email))",
        "from report, range(300000000) a(i) group by email, content_title",
    ),
    "counting what is distinct": _model(
        "count(distinct a.i)", "from report, range(3000000000) a(i) group by email, content_title"
    ),
    "a window": _model("list(a.i) over (order by a.i)", "from report, range(1000000) a(i)"),
    "a hundred million rows": _model("i", "from report, range(100000000) t(i)"),
    "rows of a megabyte": _model("i", "from report, range(100000) t(i)").replace(
        "email as learner", "repeat(email, 100000) as learner"
    ),
    "a gigantic value": "select repeat(email, 30000000) as learner, content_title, "
    "'enrolled' as status from report",
    "a pivot": "with p as (pivot (select email, content_title, i from report, range(20000) t(i)) "
    "on i using count(*)) select email as learner, content_title, 'enrolled' as status from p",
    # The text itself: reading it as SQL, and planning.
    "24 expressions that double": _ctes(24),
    "60 expressions that double": _ctes(60),
    "40 sums that double": _sums(40),
    "nested parentheses": _nested("(", ")", 100_000),
    "nested lists": _nested("[", "]", 100_000),
    "nested structs": _nested("{'a':", "}", 100_000),
    "nested functions": _nested("abs(", ")", 100_000),
    "nested queries": _nested("(select ", ")", 20_000),
    "a long sum": _model("+".join(["1"] * 1_000_000)),
    "a wide IN": _model(f"email in ({','.join(map(str, range(1_000_000)))})"),
    "many unions": " union all ".join([_model("1")] * 5000),
    "many joins": _model(
        "1",
        "from report r0 "
        + " ".join(f"join report r{i} on r{i}.email = r0.email" for i in range(1, 200)),
    )
    .replace("email as", "r0.email as")
    .replace(", content_title", ", r0.content_title"),
    "many statements": "select 1;" * 1_000_000,
    "only opening parentheses": "select " + "(" * 9_000_000,
    "only quotes": "select '" + "x" * 9_000_000,
}
"""What it does → the statement."""

QUICK = (
    "a list of 3 billion numbers",
    "damerau_levenshtein",
    "a hundred million rows",
    "24 expressions that double",
    "nested parentheses",
)
"""One of each kind, for the run of every day."""

LATE: dict[str, str] = {
    "time": "damerau_levenshtein(learner || repeat('a', 60000), repeat('b', 60000)) < 0",
    "memory": "len(range(3000000000 + length(learner))) < 0",
}
"""Conditions, never true, that cost as much: on reports of three rows only, they are met by the
search, which then looks for fewer rows."""
