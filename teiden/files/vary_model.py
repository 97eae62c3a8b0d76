"""What may stand at one parameter of `vary:` beside a list: a distribution, or an axis written short.

Only the shape; what the numbers may be is for `vary_reading`, which tells it in its own words.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from teiden.files.field_types import Entry, given

SHARE = r"[0-9]+(\.[0-9]+)?%"

Amount = Annotated[
    Any, WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}], "examples": ["5m", "80%", 3]})
]
Pair = Annotated[list[Amount], Field(min_length=2, max_length=2)]
Triple = Annotated[list[Amount], Field(min_length=3, max_length=3)]
Value = Annotated[Any, WithJsonSchema({"type": ["string", "number", "boolean"]})]
Weight = Annotated[
    Any,
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": f"^{SHARE}$"}]}
    ),
]


class VaryEntry(Entry):
    """A distribution, drawn in every run of a sweep; or, with from or values, an axis."""

    uniform: Pair = given("uniform", "[lowest, highest]: every value between them is as likely.")
    normal: Pair = given("normal", "[mean, standard deviation]; give it `within`, the tails are long.")
    lognormal: Pair = given(
        "lognormal", "[median, 95th percentile]: never negative, now and then far above; times of machines."
    )
    triangular: Triple = given("triangular", "[lowest, most likely, highest].")
    exponential: Amount = given("exponential", "Mean: most are short, few are long; lengths of outages.")
    within: Pair = given(
        "within", "[lowest, highest]: drawn from the part of the distribution that lies between."
    )
    choice: Annotated[list[Value], Field(min_length=1)] | dict[str, Weight] = given(
        "choice", "{value: weight, ...}, or [value, ...] where all are as likely."
    )
    values: Annotated[list[Value], Field(min_length=1)] = given(
        "values", "An axis, as a list alone; so that it can have `set`."
    )
    from_: Amount = given("from", "An axis written short: the first value, with `to` and `step`.")
    to: Amount = given("to", "The last value, if the steps meet it.")
    step: Amount = given("step", "From one value to the next.")
    set_: str = given(
        "set",
        "A setting of the site, as a dotted key of `with`; * stands for each name, a role in model.servers "
        "for each server of it, and each draws a value of its own.",
    )
