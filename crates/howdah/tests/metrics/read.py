"""Reads Prometheus' text format from stdin with Prometheus' own reader, and writes it as JSON: each sample with its value,
and each family with its type."""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

families = list(text_string_to_metric_families(sys.stdin.read()))


def name(sample):
    labels = ",".join(f"{label}={value}" for label, value in sorted(sample.labels.items()))
    return f"{sample.name}{{{labels}}}" if labels else sample.name


json.dump(
    {
        "types": {family.name: family.type for family in families},
        "samples": {name(sample): sample.value for family in families for sample in family.samples},
    },
    sys.stdout,
)
