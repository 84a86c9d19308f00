//! From observations to statements: intervals, verdicts, attribution.
